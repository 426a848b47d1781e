-- Lamps: what a telephone may watch (SUBSCRIBE, busy lamp field), and whose state it shows.

-- The name of the lamp of a presence id, which may carry one of the account's own realms; null when
-- it is none: the dialplan (lamp_contexts) knows these characters only.
create function lamp_name(presence_id text, realms text[]) returns text
    language sql immutable
    return case
        when presence_id ~ '^[0-9A-Za-z*#+_.-]{1,64}(@[^@]*)?$' and (
            strpos(presence_id, '@') = 0
            or lower(split_part(presence_id, '@', 2)) = any (realms))
        then split_part(presence_id, '@', 1)
    end;

-- Kazoo's rule: whoever is hot-desked on a device has it, its owner only while nobody is.
create function users_of_device(doc jsonb) returns table (user_id text)
    language sql immutable
    begin atomic
        select hotdesked.user_id
        from jsonb_object_keys(
            case jsonb_typeof(doc -> 'hotdesk' -> 'users')
                when 'object' then doc -> 'hotdesk' -> 'users' else '{}' end
        ) as hotdesked (user_id)
        union all
        select doc ->> 'owner_id'
        where doc ->> 'owner_id' is not null and (
            jsonb_typeof(doc -> 'hotdesk' -> 'users') is distinct from 'object'
            or doc -> 'hotdesk' -> 'users' = '{}');
    end;

create view sip_phones as
select e.account_id, e.device_id, e.id as endpoint, e.username, d.doc,
    array[a.realm, e.realm] as realms
from sip_endpoints e
    join accounts a on a.id = e.account_id
    join documents d on (d.account_id, d.id) = (e.account_id, e.device_id);

-- What a number of the account begins with: the callflow's first node.
create view extensions as
select n.account_id, lamp_name(n.number, '{}') as lamp,
    c.doc -> 'flow' ->> 'module' as module, c.doc -> 'flow' -> 'data' ->> 'id' as document_id
from callflow_numbers n
    join callflows c on (c.account_id, c.id) = (n.account_id, n.callflow_id)
where n.number <> 'no_match';

-- A lamp shows the telephones of its rows, and is `idle`, `ringing` or `busy` by itself where a row
-- has a state.
create view lamps as
-- a device under its SIP username
select account_id, username as lamp, endpoint, null as state
from sip_phones
union
-- Kazoo's presence id: the user's before the device's, so all phones of a user light one lamp
select p.account_id,
    lamp_name(coalesce(
        (select u.doc ->> 'presence_id'
         from users_of_device(p.doc) as of_device
            join documents u
                on u.account_id = p.account_id and u.id = of_device.user_id and u.kind = 'user'
         where u.doc ->> 'presence_id' <> ''
         order by u.id limit 1),
        p.doc ->> 'presence_id'), p.realms),
    p.endpoint, null
from sip_phones p
union
-- an extension that rings a device, or a user
select x.account_id, x.lamp, p.endpoint, null
from extensions x
    join sip_phones p on (p.account_id, p.device_id) = (x.account_id, x.document_id)
where x.module = 'device'
union
select x.account_id, x.lamp, p.endpoint, null
from extensions x
    join sip_phones p on p.account_id = x.account_id
        and x.document_id in (select user_id from users_of_device(p.doc))
where x.module = 'user'
union
-- do-not-disturb of somebody, under the number that switches it
select x.account_id, x.lamp, null,
    case when d.doc -> 'do_not_disturb' -> 'enabled' in ('true', '"true"') then 'busy' else 'idle' end
from extensions x
    join documents d on (d.account_id, d.id) = (x.account_id, x.document_id)
where x.module = 'do_not_disturb' and d.kind in ('user', 'device')
union
-- manual_presence
select d.account_id,
    lamp_name(s.key, array(
        select a.realm from accounts a where a.id = d.account_id
        union select e.realm from sip_endpoints e where e.account_id = d.account_id)),
    null,
    case when s.value in ('early', 'ringing') then 'ringing'
        when s.value in ('confirmed', 'busy') then 'busy' else 'idle' end
from documents d
    join jsonb_each_text(d.doc) s on true
where d.id = 'manual_presence' and d.kind = 'manual_presence'
    and s.value in ('terminated', 'early', 'confirmed', 'idle', 'ringing', 'busy');

comment on view lamps is
    'What may be watched in each account; rows without a name (lamp is null) are not lamps.';

-- Asterisk reads this as the file lamps.conf (extconfig.conf): a context for each account, in which
-- every name is a lamp. Only in its account's context can a telephone subscribe, so none sees
-- another account's. The filter keeps a subscriber from adding `&` and another account's lamp.
-- The first row is there because Asterisk warns of a file that is empty.
create view lamp_contexts as
select 0 as id, 0 as cat_metric, 0 as var_metric, 0 as commented, 'lamps.conf'::text as filename,
    category, 'exten'::text as var_name, var_val
from (
    select 'lamps' as category, 'nobody,hint,Stasis:nobody' as var_val
    union all
    select 'lamps-' || id,
        '_[0-9A-Za-z*#+]!,hint,Stasis:' || id || '-${FILTER(0-9A-Za-z*#+_.\-,${EXTEN})}'
    from accounts where enabled
) as contexts;

-- As before, with subscribe_context.
create or replace view ps_endpoints as
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
    ''::text as mailboxes,
    'lamps-' || e.account_id as subscribe_context
from sip_endpoints e
    join accounts a on a.id = e.account_id
    join documents d on (d.account_id, d.id) = (e.account_id, e.device_id)
    left join documents u
        on u.account_id = e.account_id and u.id = owner_of_device(d.doc) and u.kind = 'user';
