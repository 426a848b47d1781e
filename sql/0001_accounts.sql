-- Accounts, their public numbers, and the functions that every later table uses.

-- Kazoo's form of an id: 32 hexadecimal digits.
create function random_id() returns text
    language sql volatile
    return replace(gen_random_uuid()::text, '-', '');

-- Trigger: an update that changes something sets updated_at.
create function touch() returns trigger
    language plpgsql as $$
begin
    if new is distinct from old then
        new.updated_at := now();
    end if;
    return new;
end $$;

-- Trigger: tells the runtime which account's rows changed. PostgreSQL sends equal
-- notifications of one transaction once.
create function notify_account() returns trigger
    language plpgsql as $$
begin
    if tg_op <> 'DELETE' then
        perform pg_notify('callflow_changed', new.account_id);
    end if;
    if tg_op <> 'INSERT' and (tg_op = 'DELETE' or old.account_id <> new.account_id) then
        perform pg_notify('callflow_changed', old.account_id);
    end if;
    return null;
end $$;

-- Trigger: the change concerns every account.
create function notify_everybody() returns trigger
    language plpgsql as $$
begin
    perform pg_notify('callflow_changed', '*');
    return null;
end $$;

-- Trigger: rows are known to others by account and id, and history is kept under them.
create function refuse_new_identity() returns trigger
    language plpgsql as $$
begin
    raise exception 'row % of % cannot become row % of account %',
        old.id, tg_table_name, new.id, new.account_id
        using errcode = 'integrity_constraint_violation',
              hint = 'insert a new row and delete the old one';
end $$;

create table accounts (
    id text primary key default random_id()
        constraint "an account id is 32 lowercase hexadecimal digits" check (id ~ '^[0-9a-f]{32}$'),
    name text not null
        constraint "an account has a name" check (name <> ''),
    realm text
        constraint "a realm belongs to one account" unique
        constraint "a realm is a SIP domain in lower case"
            check (realm ~ '^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$'),
    enabled boolean not null default true,
    doc jsonb not null default '{}'
        constraint "an account document is a JSON object" check (jsonb_typeof(doc) = 'object'),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

comment on table accounts is 'One customer each; doc is Kazoo''s account document.';
comment on column accounts.realm is 'SIP domain of the account''s phones; null: they need none.';

create function notify_changed_account() returns trigger
    language plpgsql as $$
begin
    perform pg_notify('callflow_changed', case tg_op when 'DELETE' then old.id else new.id end);
    return null;
end $$;

create function refuse_new_account_id() returns trigger
    language plpgsql as $$
begin
    raise exception 'account % cannot become account %', old.id, new.id
        using errcode = 'integrity_constraint_violation';
end $$;

create trigger keep_id before update on accounts
    for each row when (old.id <> new.id) execute function refuse_new_account_id();
create trigger touch before update on accounts
    for each row execute function touch();
create trigger notify_insert_delete after insert or delete on accounts
    for each row execute function notify_changed_account();
create trigger notify_update after update on accounts
    for each row when (old is distinct from new) execute function notify_changed_account();
create trigger notify_truncate after truncate on accounts
    for each statement execute function notify_everybody();

create table phone_numbers (
    number text primary key
        constraint "a phone number is in E.164 form, such as +15550002000"
            check (number ~ '^\+[1-9][0-9]{1,14}$'),
    account_id text not null references accounts on delete cascade
);

comment on table phone_numbers is 'Public numbers (DIDs): whose callflows a call from outside enters.';

create index phone_numbers_account on phone_numbers (account_id);

-- A number that moves concerns the account that lost it, the one that got it, and
-- whoever remembered that nobody has it.
create trigger notify_insert_delete after insert or delete on phone_numbers
    for each row execute function notify_everybody();
create trigger notify_update after update on phone_numbers
    for each row when (old is distinct from new) execute function notify_everybody();
create trigger notify_truncate after truncate on phone_numbers
    for each statement execute function notify_everybody();
