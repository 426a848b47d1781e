-- Call detail records: one row for each channel that took part in a call.

-- No foreign keys, as for calls: what happened stays true.
create table cdrs (
    id text primary key,
    call_id text not null,
    interaction_id text not null,
    account_id text,
    channel_id text not null,
    sip_call_id text,
    direction text not null
        constraint "a leg called us (inbound) or was called (outbound)"
            check (direction in ('inbound', 'outbound')),
    number text not null,
    caller_name text not null default '',
    caller_number text not null default '',
    callee_name text not null default '',
    callee_number text not null default '',
    device_id text,
    owner_id text,
    other_leg_id text,
    started_at timestamptz not null,
    ringing_at timestamptz,
    answered_at timestamptz,
    ended_at timestamptz not null,
    cause integer,
    cause_name text not null default '',
    sip_status integer,
    ended_by text not null default 'system'
        constraint "who ends a leg" check (ended_by in ('caller', 'callee', 'system', 'transfer'))
);

comment on table cdrs is 'Call detail records, written when the channel is gone.';
comment on column cdrs.call_id is 'the call of the trace that the channel came with or was dialled for';
comment on column cdrs.interaction_id is 'the same for all calls that transfers made of one';
comment on column cdrs.number is 'as dialled, normalised';
comment on column cdrs.device_id is 'whose phone this leg is';
comment on column cdrs.other_leg_id is 'the leg with which it talked last';
comment on column cdrs.cause is 'Q.850 cause';
comment on column cdrs.sip_status is 'of a leg that failed';
comment on column cdrs.ended_by is 'who ended it; transfer: it was given up because another leg took over';

create index cdrs_of_account on cdrs (account_id, started_at desc);
create index cdrs_of_owner on cdrs (account_id, owner_id, started_at desc);
create index cdrs_of_interaction on cdrs (account_id, interaction_id);
create index cdrs_of_call on cdrs (call_id);
