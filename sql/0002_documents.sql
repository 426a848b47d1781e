-- Documents of every kind (user, device, menu, media ...) and what is attached to them.

create table documents (
    account_id text not null references accounts on delete cascade,
    id text not null default random_id()
        constraint "a document id has 1-128 of A-Z a-z 0-9 _ . @ + / % -"
            check (id ~ '^[A-Za-z0-9_.@+/%-]{1,128}$'),
    kind text not null
        constraint "a kind is a lowercase word such as device" check (kind ~ '^[a-z][a-z0-9_]{0,63}$'),
    doc jsonb not null
        constraint "a document is a JSON object" check (jsonb_typeof(doc) = 'object'),
    revision integer not null default 1,
    updated_at timestamptz not null default now(),
    primary key (account_id, id)
);

comment on table documents is
    'Kazoo''s documents, one row each. References between them are checked by `callflow check`.';

create index documents_by_kind on documents (account_id, kind);
create index devices_by_owner on documents (account_id, (doc ->> 'owner_id')) where kind = 'device';

create function set_document_revision() returns trigger
    language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        new.revision := 1;
    elsif (new.doc, new.kind) is distinct from (old.doc, old.kind) then
        new.revision := old.revision + 1;
    else
        new.revision := old.revision;
    end if;
    return new;
end $$;

create trigger keep_id before update on documents
    for each row when ((old.account_id, old.id) <> (new.account_id, new.id))
    execute function refuse_new_identity();
create trigger revision before insert or update on documents
    for each row execute function set_document_revision();
create trigger touch before update on documents
    for each row execute function touch();
create trigger notify_insert_delete after insert or delete on documents
    for each row execute function notify_account();
create trigger notify_update after update on documents
    for each row when (old is distinct from new) execute function notify_account();
create trigger notify_truncate after truncate on documents
    for each statement execute function notify_everybody();

create table attachments (
    account_id text not null,
    document_id text not null,
    name text not null
        constraint "an attachment has a name" check (name <> ''),
    content_type text not null
        constraint "a content type is such as audio/wav" check (content_type ~ '^[a-z]+/[A-Za-z0-9.+-]+$'),
    data bytea not null,
    sha256 text not null generated always as (encode(sha256(data), 'hex')) stored,
    primary key (account_id, document_id, name),
    constraint "an attachment belongs to a document"
        foreign key (account_id, document_id) references documents on delete cascade
);

comment on table attachments is 'Binary content of documents: recorded and uploaded sound.';

create trigger notify_insert_delete after insert or delete on attachments
    for each row execute function notify_account();
create trigger notify_update after update on attachments
    for each row when (old is distinct from new) execute function notify_account();
create trigger notify_truncate after truncate on attachments
    for each statement execute function notify_everybody();
