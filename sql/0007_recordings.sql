-- Recordings of calls: what they are, and the sound.

create table recordings (
    account_id text not null references accounts on delete cascade,
    id text not null
        constraint "a recording's id is YYYYMM- and 32 hexadecimal digits"
            check (id ~ '^[0-9]{6}-[0-9a-f]{32}$'),
    call_id text not null,
    name text not null,
    origin text not null default '',
    direction text not null default 'inbound'
        constraint "a recorded leg is inbound or outbound" check (direction in ('inbound', 'outbound')),
    from_address text not null default '',
    to_address text not null default '',
    request text not null default '',
    caller_name text not null default '',
    caller_number text not null default '',
    callee_name text not null default '',
    callee_number text not null default '',
    owner_id text,
    device_id text,
    interaction_id text,
    cdr_id text,
    started_at timestamptz not null,
    seconds double precision not null default 0
        constraint "a recording does not last less than nothing" check (seconds >= 0),
    media_type text not null
        constraint "a recording is an mp3 or a wav" check (media_type in ('mp3', 'wav')),
    url text,
    uploaded_at timestamptz,
    problem text,
    content bytea,
    primary key (account_id, id)
);

comment on table recordings is 'Recordings of calls; deleted with their account.';
comment on column recordings.id is 'the month, as Kazoo''s documents of a month have it';
comment on column recordings.direction is 'inbound: of the leg that called us; outbound: of one that was called';
comment on column recordings.url is 'where it was to be sent, without user and password; null: kept here';
comment on column recordings.uploaded_at is 'when the server there took it';
comment on column recordings.problem is 'why it could not be sent; then it is kept here';
comment on column recordings.content is 'the sound; null when it was sent away';

-- It is compressed already, and is read in parts.
alter table recordings alter column content set storage external;

create index recordings_of_account on recordings (account_id, started_at desc);
create index recordings_of_owner on recordings (account_id, owner_id, started_at desc);
create index recordings_of_call on recordings (account_id, call_id);
