-- Callflows, what is derived from them for routing, and their history.

create table callflows (
    account_id text not null references accounts on delete cascade,
    id text not null default random_id()
        constraint "a callflow id has 1-128 of A-Z a-z 0-9 _ . @ + / % -"
            check (id ~ '^[A-Za-z0-9_.@+/%-]{1,128}$'),
    doc jsonb not null,
    revision integer not null default 1,
    updated_at timestamptz not null default now(),
    primary key (account_id, id)
);

comment on table callflows is
    'Kazoo''s callflow documents. Any JSON is accepted: a broken one is unusable alone, see callflow_problems.';

create table callflow_numbers (
    account_id text not null,
    number text not null,
    callflow_id text not null,
    primary key (account_id, number),
    foreign key (account_id, callflow_id) references callflows on delete cascade
);

comment on table callflow_numbers is 'Derived from doc.numbers by trigger: no number twice in an account.';

create index callflow_numbers_callflow on callflow_numbers (account_id, callflow_id);

create table callflow_patterns (
    account_id text not null,
    callflow_id text not null,
    position integer not null,
    pattern text not null,
    primary key (account_id, callflow_id, position),
    foreign key (account_id, callflow_id) references callflows on delete cascade
);

comment on table callflow_patterns is 'Derived from doc.patterns by trigger, in the document''s order.';

-- No foreign key: history outlives the callflow and the account.
create table callflow_revisions (
    account_id text not null,
    callflow_id text not null,
    revision integer not null,
    doc jsonb,
    changed_at timestamptz not null default clock_timestamp(),
    author text not null,
    primary key (account_id, callflow_id, revision)
);

comment on table callflow_revisions is 'Every state a callflow ever had; doc is null where it was deleted.';
comment on column callflow_revisions.author is
    'the setting callflow.author of the session that changed it, else its database user';

create table callflow_problems (
    account_id text not null,
    callflow_id text not null,
    revision integer not null,
    problem text not null,
    seen_at timestamptz not null default now(),
    primary key (account_id, callflow_id),
    foreign key (account_id, callflow_id) references callflows on delete cascade
);

comment on table callflow_problems is 'Why the runtime cannot use a callflow; gone when the callflow changes.';

-- The non-empty strings of an array in a document that may have any shape.
create function strings_of(list jsonb) returns table (value text, place bigint)
    language sql immutable
    begin atomic
        select item #>> '{}', ordinality
        from jsonb_array_elements(case jsonb_typeof(list) when 'array' then list else '[]' end)
            with ordinality as items (item, ordinality)
        where jsonb_typeof(item) = 'string' and item #>> '{}' <> '';
    end;

create function set_callflow_revision() returns trigger
    language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        select coalesce(max(revision), 0) + 1 into new.revision
        from callflow_revisions
        where account_id = new.account_id and callflow_id = new.id;
    elsif new.doc is distinct from old.doc then
        new.revision := old.revision + 1;
    else
        new.revision := old.revision;
    end if;
    return new;
end $$;

create function derive_routes() returns trigger
    language plpgsql as $$
declare
    wanted text;
    holder text;
begin
    delete from callflow_numbers
    where account_id = new.account_id and callflow_id = new.id
        and number not in (select value from strings_of(new.doc -> 'numbers'));
    -- A longer string can be neither dialled nor indexed.
    for wanted in
        select distinct value from strings_of(new.doc -> 'numbers')
        where length(value) <= 128 order by value
    loop
        insert into callflow_numbers (account_id, number, callflow_id)
        values (new.account_id, wanted, new.id)
        on conflict do nothing;
        select callflow_id into holder from callflow_numbers
        where account_id = new.account_id and number = wanted;
        if holder is distinct from new.id then
            raise exception 'number % is already used by callflow % of this account', wanted, holder
                using errcode = 'unique_violation',
                      hint = 'remove it there first, or choose another number';
        end if;
    end loop;

    delete from callflow_patterns where account_id = new.account_id and callflow_id = new.id;
    insert into callflow_patterns (account_id, callflow_id, position, pattern)
    select new.account_id, new.id, place, value from strings_of(new.doc -> 'patterns');

    delete from callflow_problems where account_id = new.account_id and callflow_id = new.id;
    return null;
end $$;

create function keep_revision() returns trigger
    language plpgsql as $$
declare
    author text := coalesce(nullif(current_setting('callflow.author', true), ''), session_user);
begin
    if tg_op = 'DELETE' then
        insert into callflow_revisions (account_id, callflow_id, revision, doc, author)
        values (old.account_id, old.id, old.revision + 1, null, author);
    else
        insert into callflow_revisions (account_id, callflow_id, revision, doc, author)
        values (new.account_id, new.id, new.revision, new.doc, author);
    end if;
    return null;
end $$;

create trigger keep_id before update on callflows
    for each row when ((old.account_id, old.id) <> (new.account_id, new.id))
    execute function refuse_new_identity();
create trigger revision before insert or update on callflows
    for each row execute function set_callflow_revision();
create trigger touch before update on callflows
    for each row execute function touch();
create trigger derive_insert after insert on callflows
    for each row execute function derive_routes();
create trigger derive_update after update on callflows
    for each row when (old.doc is distinct from new.doc) execute function derive_routes();
create trigger keep_insert_delete after insert or delete on callflows
    for each row execute function keep_revision();
create trigger keep_update after update on callflows
    for each row when (old.doc is distinct from new.doc) execute function keep_revision();
create trigger notify_insert_delete after insert or delete on callflows
    for each row execute function notify_account();
create trigger notify_update after update on callflows
    for each row when (old is distinct from new) execute function notify_account();
create trigger notify_truncate after truncate on callflows
    for each statement execute function notify_everybody();
