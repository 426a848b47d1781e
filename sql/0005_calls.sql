-- Calls and the steps they took: the trace.

-- No foreign keys: what happened stays true when an account or a callflow is gone, and the
-- rows are written in batches that may arrive in any order.
create table calls (
    id text primary key,
    account_id text,
    number text not null,
    normalised_number text,
    origin text not null
        constraint "a call's origin is internal or external" check (origin in ('internal', 'external')),
    caller_name text not null default '',
    caller_number text not null default '',
    device_id text,
    sip_call_id text,
    channel_id text not null,
    callflow_id text,
    callflow_revision integer,
    match jsonb,
    started_at timestamptz not null,
    answered_at timestamptz,
    ended_at timestamptz,
    outcome text,
    reason text,
    cause integer
);

comment on column calls.number is 'as dialled';
comment on column calls.match is 'how the callflow was found: number, pattern and captures';
comment on column calls.cause is 'Q.850 cause of the hangup';

create index calls_of_account on calls (account_id, started_at desc);
create index calls_by_sip_call_id on calls (sip_call_id);

create table call_steps (
    call_id text not null,
    seq integer not null,
    path text not null,
    module text not null,
    callflow_id text,
    callflow_revision integer,
    documents jsonb not null default '{}',
    started_at timestamptz not null,
    duration double precision,
    outcome text,
    child text,
    error text,
    inputs jsonb,
    primary key (call_id, seq)
);

comment on column call_steps.documents is 'revision of each document that the step read, by id';
comment on column call_steps.duration is 'seconds; null while the step runs';
comment on column call_steps.inputs is 'what decided the outcome: digits, dial results ...';
