-- The HTTP API: the tree of accounts, who may come in, and what was changed by whom.

alter table accounts
    add column parent_id text references accounts,
    add column tree text[] not null default '{}',
    add column superadmin boolean not null default false,
    add column revision integer not null default 1;

comment on column accounts.parent_id is 'the account that this one belongs to; null: nobody''s';
comment on column accounts.tree is 'all accounts above this one, the topmost first; kept by trigger';
comment on column accounts.superadmin is 'its tokens reach every account';

create index accounts_tree on accounts using gin (tree);

create function derive_tree() returns trigger
    language plpgsql as $$
begin
    new.tree := '{}';
    if new.parent_id is not null then
        -- The lock makes a move of the parent wait, or us for it.
        select tree || id into new.tree from accounts where id = new.parent_id for share;
        if new.id = any (new.tree) or new.parent_id = new.id then
            raise exception 'account % cannot be below itself', new.id
                using errcode = 'check_violation', hint = 'choose another parent';
        end if;
    end if;
    return new;
end $$;

create function move_descendants() returns trigger
    language plpgsql as $$
begin
    update accounts set tree = new.tree || tree[array_position(tree, new.id):]
    where new.id = any (tree);
    return null;
end $$;

create function set_account_revision() returns trigger
    language plpgsql as $$
begin
    if (new.name, new.realm, new.enabled, new.doc) is distinct from
        (old.name, old.realm, old.enabled, old.doc) then
        new.revision := old.revision + 1;
    end if;
    return new;
end $$;

create trigger tree_of_new before insert on accounts
    for each row execute function derive_tree();
create trigger tree_of_moved before update of parent_id on accounts
    for each row when (old.parent_id is distinct from new.parent_id) execute function derive_tree();
create trigger tree_below after update of parent_id on accounts
    for each row when (old.tree is distinct from new.tree) execute function move_descendants();
create trigger revision before update on accounts
    for each row execute function set_account_revision();

alter table documents add column created_at timestamptz not null default now();
alter table callflows add column created_at timestamptz not null default now();

alter table callflow_revisions add column message text not null default '';
comment on column callflow_revisions.message is
    'the setting callflow.message of the session that changed it: why';

create or replace function keep_revision() returns trigger
    language plpgsql as $$
declare
    author text := coalesce(nullif(current_setting('callflow.author', true), ''), session_user);
    message text := coalesce(current_setting('callflow.message', true), '');
begin
    if tg_op = 'DELETE' then
        insert into callflow_revisions (account_id, callflow_id, revision, doc, author, message)
        values (old.account_id, old.id, old.revision + 1, null, author, message);
    else
        insert into callflow_revisions (account_id, callflow_id, revision, doc, author, message)
        values (new.account_id, new.id, new.revision, new.doc, author, message);
    end if;
    return null;
end $$;

-- What a client shows with each request. Only its hash is kept: whoever reads the table cannot use it.
create table api_tokens (
    hash bytea primary key,
    account_id text not null references accounts on delete cascade,
    user_id text,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
);

comment on table api_tokens is 'X-Auth-Token: SHA-256 of each that may still be used.';
comment on column api_tokens.user_id is 'who logged in; null: the account itself, by its key or the command line';

create index api_tokens_account on api_tokens (account_id);
create index api_tokens_expiry on api_tokens (expires_at);

create table api_keys (
    account_id text primary key references accounts on delete cascade,
    hash bytea not null unique,
    created_at timestamptz not null default now()
);

comment on table api_keys is 'SHA-256 of the key for which an account gets a token (PUT /v2/api_auth).';

-- Beside the user documents: no reader of those ever sees them.
create table credentials (
    account_id text not null,
    user_id text not null,
    username text not null
        constraint "a username is in lower case" check (username = lower(username) and username <> ''),
    md5 text not null,
    sha1 text,
    changed_at timestamptz not null default now(),
    primary key (account_id, user_id),
    constraint "a username belongs to one user of the account" unique (account_id, username),
    foreign key (account_id, user_id) references documents on delete cascade
);

comment on table credentials is 'Who may log in (PUT /v2/user_auth).';
comment on column credentials.md5 is
    'argon2 of the MD5 (hexadecimal) of username:password, or that MD5 itself as Kazoo keeps it, until its first use';
comment on column credentials.sha1 is 'the same with SHA-1; null: that way nobody can log in';

-- No foreign keys: what was done stays true.
create table audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    account_id text not null,
    actor_account_id text,
    actor_user_id text,
    address text not null default '',
    request_id text not null default '',
    action text not null
        constraint "an audited action creates, changes or deletes" check (action in ('create', 'change', 'delete')),
    kind text not null,
    document_id text not null,
    changes jsonb not null
);

comment on table audit is 'Every write through the HTTP API.';
comment on column audit.changes is
    'by field: [before, after], null where it was not there; secrets are not told';

create index audit_of_account on audit (account_id, at desc);

-- What became of which document, told to whoever listens.
create function notify_document() returns trigger
    language plpgsql as $$
declare
    wanted record;
    kind text := 'callflow';
begin
    if tg_op = 'DELETE' then wanted := old; else wanted := new; end if;
    if tg_table_name = 'documents' then kind := wanted.kind; end if;
    perform pg_notify('callflow_documents', json_build_object(
        'account_id', wanted.account_id,
        'id', wanted.id,
        'kind', kind,
        'action', case tg_op when 'INSERT' then 'created' when 'UPDATE' then 'edited' else 'deleted' end,
        'revision', wanted.revision
    )::text);
    return null;
end $$;

create trigger tell_insert_delete after insert or delete on documents
    for each row execute function notify_document();
create trigger tell_update after update on documents
    for each row when (old.revision <> new.revision) execute function notify_document();
create trigger tell_insert_delete after insert or delete on callflows
    for each row execute function notify_document();
create trigger tell_update after update on callflows
    for each row when (old.revision <> new.revision) execute function notify_document();
