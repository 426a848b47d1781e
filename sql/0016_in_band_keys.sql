-- Keys as tones in the audio are understood from a phone that does not offer RFC 4733 (which alone
-- is what auto adds; keys by SIP INFO are understood always).

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
    'auto'::text as dtmf_mode,
    realtime_text(internal_caller_id(a.doc, d.doc, coalesce(u.doc, '{}'), e.username)) as callerid,
    'CALLFLOW_ACCOUNT=' || e.account_id || ';CALLFLOW_DEVICE=' || e.device_id
        || ';PJSIP_TRANSFER_HANDLING()=ari-only' as set_var,
    ''::text as mailboxes,
    'lamps-' || e.account_id as subscribe_context,
    'yes'::text as send_pai,
    'update'::text as connected_line_method
from sip_endpoints e
    join accounts a on a.id = e.account_id
    join documents d on (d.account_id, d.id) = (e.account_id, e.device_id)
    left join documents u
        on u.account_id = e.account_id and u.id = owner_of_device(d.doc) and u.kind = 'user';
