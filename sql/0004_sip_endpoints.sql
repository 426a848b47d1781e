-- Telephones: device documents as Asterisk's PJSIP realtime (res_config_pgsql) reads them.

create table sip_endpoints (
    id text primary key,
    account_id text not null,
    device_id text not null,
    username text not null,
    realm text,
    unique (account_id, device_id),
    foreign key (account_id, device_id) references documents on delete cascade
);

comment on table sip_endpoints is
    'Derived by trigger: who may register. Asterisk knows one namespace, so an id is unique over all accounts.';

create index sip_endpoints_realm on sip_endpoints (realm);

create function notify_endpoint() returns trigger
    language plpgsql as $$
begin
    perform pg_notify('callflow_endpoints', case tg_op when 'DELETE' then old.id else new.id end);
    return null;
end $$;

create function notify_all_endpoints() returns trigger
    language plpgsql as $$
begin
    perform pg_notify('callflow_endpoints', '*');
    return null;
end $$;

create trigger notify after insert or delete on sip_endpoints
    for each row execute function notify_endpoint();
create trigger notify_truncate after truncate on sip_endpoints
    for each statement execute function notify_all_endpoints();

-- Kazoo's rule: one hot-desked user replaces the owner, several leave the device without one.
create function owner_of_device(doc jsonb) returns text
    language sql immutable
    begin atomic
        select case count(*) when 0 then doc ->> 'owner_id' when 1 then min(user_id) end
        from jsonb_object_keys(
            case jsonb_typeof(doc -> 'hotdesk' -> 'users')
                when 'object' then doc -> 'hotdesk' -> 'users' else '{}' end
        ) as users (user_id);
    end;

-- Makes the endpoint of one device what its document and account say. A device without a
-- password gets none: Asterisk would let everybody register who sends an empty one.
create function derive_sip_endpoint(account text, device text) returns void
    language plpgsql as $$
declare
    wanted record;
    endpoint text;
    holder sip_endpoints;
begin
    -- The share lock makes a concurrent change of the realm wait, or us for it.
    select d.doc -> 'sip' ->> 'username' as username,
        lower(coalesce(nullif(d.doc -> 'sip' ->> 'realm', ''), a.realm)) as realm
    into wanted
    from documents d join accounts a on a.id = d.account_id
    where d.account_id = account and d.id = device and d.kind = 'device'
        and a.enabled and d.doc -> 'enabled' is distinct from 'false'
        and d.doc -> 'sip' ->> 'username' <> '' and d.doc -> 'sip' ->> 'password' <> ''
    for share of a;
    if not found then
        delete from sip_endpoints where account_id = account and device_id = device;
        return;
    end if;

    if wanted.username !~ '^[A-Za-z0-9_.+-]{1,64}$' then
        raise exception 'device %: sip.username may have 1 to 64 characters of A-Z a-z 0-9 _ . + -', device
            using errcode = 'check_violation';
    end if;
    if wanted.username ~ '^(anonymous|trunk.*|test-line|callflow-.*)$' then
        raise exception 'device %: sip.username % is reserved for this system', device, wanted.username
            using errcode = 'check_violation', hint = 'choose another name';
    end if;
    if wanted.realm !~ '^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$' then
        raise exception 'device %: sip.realm is not a domain', device
            using errcode = 'check_violation';
    end if;
    if exists (select from accounts where realm = wanted.realm and id <> account) then
        raise exception 'device %: sip.realm % belongs to another account', device, wanted.realm
            using errcode = 'check_violation';
    end if;

    endpoint := wanted.username || coalesce('@' || wanted.realm, '');
    delete from sip_endpoints
    where account_id = account and device_id = device and id <> endpoint;
    insert into sip_endpoints (id, account_id, device_id, username, realm)
    values (endpoint, account, device, wanted.username, wanted.realm)
    on conflict (id) do nothing;
    select * into holder from sip_endpoints where id = endpoint;
    if (holder.account_id, holder.device_id) is distinct from (account, device) then
        raise exception 'device %: the SIP endpoint % is already used by %', device, endpoint,
            case holder.account_id when account then 'device ' || holder.device_id
                else 'another account' end
            using errcode = 'unique_violation',
                  hint = 'choose another sip.username, or give the account a realm of its own';
    end if;
end $$;

-- What Asterisk keeps of these endpoints is out of date.
create function notify_endpoints_of_user(account text, user_id text) returns void
    language sql
    begin atomic
        select pg_notify('callflow_endpoints', e.id)
        from documents d join sip_endpoints e on (e.account_id, e.device_id) = (d.account_id, d.id)
        where d.account_id = account and d.kind = 'device' and owner_of_device(d.doc) = user_id;
    end;

create function follow_document() returns trigger
    language plpgsql as $$
begin
    -- A deleted device takes its endpoint along through the foreign key.
    if tg_op <> 'DELETE' and (new.kind = 'device' or (tg_op = 'UPDATE' and old.kind = 'device')) then
        perform derive_sip_endpoint(new.account_id, new.id);
        perform pg_notify('callflow_endpoints', id) from sip_endpoints
        where account_id = new.account_id and device_id = new.id;
    end if;
    if tg_op <> 'INSERT' and old.kind = 'user' then
        perform notify_endpoints_of_user(old.account_id, old.id);
    end if;
    if tg_op <> 'DELETE' and new.kind = 'user' then
        perform notify_endpoints_of_user(new.account_id, new.id);
    end if;
    return null;
end $$;

create trigger follow_insert_delete after insert or delete on documents
    for each row execute function follow_document();
create trigger follow_update after update on documents
    for each row when ((old.doc, old.kind) is distinct from (new.doc, new.kind))
    execute function follow_document();

create function follow_account() returns trigger
    language plpgsql as $$
begin
    if exists (select from sip_endpoints where realm = new.realm and account_id <> new.id) then
        raise exception 'realm % is already used by a device of another account', new.realm
            using errcode = 'check_violation';
    end if;
    if tg_op = 'UPDATE' then
        if (old.realm, old.enabled) is distinct from (new.realm, new.enabled) then
            perform derive_sip_endpoint(account_id, id) from documents
            where account_id = new.id and kind = 'device';
        end if;
        perform pg_notify('callflow_endpoints', id) from sip_endpoints where account_id = new.id;
    end if;
    return null;
end $$;

create trigger follow_insert after insert on accounts
    for each row execute function follow_account();
create trigger follow_update after update on accounts
    for each row when ((old.realm, old.enabled, old.doc) is distinct from (new.realm, new.enabled, new.doc))
    execute function follow_account();

-- The driver splits a value at ';' into several and decodes '^' and two hexadecimal digits.
create function realtime_text(value text) returns text
    language sql immutable
    return replace(replace(value, '^', '^5E'), ';', '^3B');

-- A name that cannot break out of "name" <number>.
create function caller_name(value text) returns text
    language sql immutable
    return left(btrim(regexp_replace(value, '[\u0001-\u001f\u007f-\u009f\u2028\u2029"<>\\]', '', 'g')), 80);

-- Asterisk's names of Kazoo's audio codecs, in the document's order; '' when it names none.
create function audio_codecs(doc jsonb) returns text
    language sql immutable
    begin atomic
        select coalesce(string_agg(codecs.asterisk, ',' order by place), '')
        from strings_of(doc -> 'media' -> 'audio' -> 'codecs')
            join (values ('PCMU', 'ulaw'), ('PCMA', 'alaw'), ('G722', 'g722'), ('G729', 'g729'),
                ('GSM', 'gsm'), ('OPUS', 'opus'), ('Speex', 'speex'), ('speex', 'speex'),
                ('speex@16000h', 'speex16'), ('speex@32000h', 'speex32'),
                ('G722_16', 'siren7'), ('G7221@16000h', 'siren7'),
                ('G722_32', 'siren14'), ('G7221@32000h', 'siren14')
            ) as codecs (kazoo, asterisk) on codecs.kazoo = value;
    end;

-- Caller id of internal calls: the user's before the device's (unless the account prefers the
-- device's) before the account's; who has none is shown by the device's name and SIP username.
create function internal_caller_id(account jsonb, device jsonb, owner jsonb, username text) returns text
    language plpgsql immutable as $$
declare
    first jsonb := owner -> 'caller_id' -> 'internal';
    second jsonb := device -> 'caller_id' -> 'internal';
    last jsonb := account -> 'caller_id' -> 'internal';
    full_name text := btrim(concat_ws(' ', owner ->> 'first_name', owner ->> 'last_name'));
    first_name text := coalesce(nullif(first ->> 'name', ''), full_name);
    second_name text := second ->> 'name';
    name text;
    number text;
begin
    if account -> 'prefer_device_caller_id' = 'true' then
        select second, first, second_name, first_name into first, second, first_name, second_name;
    end if;
    name := caller_name(coalesce(nullif(first_name, ''), nullif(second_name, ''),
        nullif(last ->> 'name', ''), device ->> 'name', ''));
    number := coalesce(nullif(first ->> 'number', ''), nullif(second ->> 'number', ''),
        last ->> 'number', '');
    number := coalesce(nullif(regexp_replace(number, '[^A-Za-z0-9_.+*#-]', '', 'g'), ''), username);
    return case name when '' then '' else '"' || name || '" ' end || '<' || number || '>';
end $$;

create view ps_endpoints as
select
    e.id,
    'udp'::text as transport,
    e.id as aors,
    e.id as auth,
    'phones'::text as context,
    'messages'::text as message_context,
    'all'::text as disallow,
    coalesce(nullif(audio_codecs(d.doc), ''), 'ulaw,alaw') as allow,
    'no'::text as direct_media,
    'yes'::text as rtp_symmetric,
    'yes'::text as force_rport,
    'yes'::text as rewrite_contact,
    'rfc4733'::text as dtmf_mode,
    realtime_text(internal_caller_id(a.doc, d.doc, coalesce(u.doc, '{}'), e.username)) as callerid,
    'CALLFLOW_ACCOUNT=' || e.account_id || ';CALLFLOW_DEVICE=' || e.device_id
        || ';PJSIP_TRANSFER_HANDLING()=ari-only' as set_var,
    ''::text as mailboxes
from sip_endpoints e
    join accounts a on a.id = e.account_id
    join documents d on (d.account_id, d.id) = (e.account_id, e.device_id)
    left join documents u
        on u.account_id = e.account_id and u.id = owner_of_device(d.doc) and u.kind = 'user';

create view ps_auths as
select
    e.id,
    'userpass'::text as auth_type,
    e.username,
    -- Outer spaces would be stripped.
    replace(realtime_text(d.doc -> 'sip' ->> 'password'), ' ', '^20') as password,
    coalesce(e.realm, '') as realm
from sip_endpoints e join documents d on (d.account_id, d.id) = (e.account_id, e.device_id);

create view ps_aors as
select
    e.id,
    '5'::text as max_contacts,
    -- A phone that comes back from another port pushes out its oldest contact, instead of
    -- being refused until that one expires.
    'yes'::text as remove_existing,
    '0'::text as qualify_frequency,
    ''::text as contact,
    ''::text as mailboxes
from sip_endpoints e;
