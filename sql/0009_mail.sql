-- Mail that waits to be sent, one row for each recipient.

-- A row is deleted when the mail server has taken the message. What it refuses for good stays here
-- with the reason.
create table mails (
    id text primary key
        constraint "a mail's id is 32 lowercase hexadecimal digits" check (id ~ '^[0-9a-f]{32}$'),
    account_id text not null references accounts on delete cascade,
    call_id text,
    kind text not null,
    recipient text not null
        constraint "a recipient is an address" check (recipient ~ '^[^[:space:][:cntrl:]]+@[^[:space:][:cntrl:]]+$'),
    subject text not null,
    body text not null,
    created_at timestamptz not null,
    due_at timestamptz not null default now(),
    attempts integer not null default 0,
    problem text,
    given_up_at timestamptz
);

comment on table mails is 'Mail that waits for the mail server, or was refused by it (given_up_at).';
comment on column mails.kind is 'what it tells of, such as missed_call';
comment on column mails.due_at is 'when it is tried next; while it is being sent, when another runtime may';
comment on column mails.problem is 'why the last attempt failed';

create index mails_due on mails (due_at) where given_up_at is null;
create index mails_of_account on mails (account_id, created_at desc);
