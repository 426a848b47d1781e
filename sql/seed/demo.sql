-- A demo account to dial: psql -f sql/seed/demo.sql, or `callflow seed sql/seed/demo.sql`.
-- It adds what is missing and leaves alone what is there, so passwords and your own changes stay.

begin;

insert into accounts (id, name, doc) values
('de300000000000000000000000000000', 'Demo', '{
    "language": "en-us",
    "timezone": "UTC",
    "metaflows": {
        "binding_digit": "*",
        "digit_timeout": 1500,
        "numbers": {
            "1": {"module": "record_call", "data": {"action": "toggle"}},
            "3": {"module": "hold", "data": {"unhold_key": "1"}}
        },
        "patterns": {"^2(\\d+)$": {"module": "transfer", "data": {"transfer_type": "blind"}}}
    }
}')
on conflict do nothing;

-- A call from outside to this number enters the account's callflow that lists it.
insert into phone_numbers (number, account_id) values
('+15550002000', 'de300000000000000000000000000000')
on conflict do nothing;

insert into documents (account_id, id, kind, doc)
select 'de300000000000000000000000000000', id, kind, doc::jsonb
from (values
    ('alice', 'user', '{"first_name": "Alice", "last_name": "Demo", "username": "alice"}'),
    ('bob', 'user', '{"first_name": "Bob", "last_name": "Demo", "username": "bob"}'),
    ('welcome', 'menu', '{
        "name": "Welcome",
        "retries": 3,
        "timeout": 5000,
        "max_extension_length": 1,
        "hunt": false,
        "media": {"greeting": "welcome_greeting"}
    }'),
    ('welcome_greeting', 'media', '{
        "name": "Greeting of the welcome menu",
        "media_source": "tts",
        "tts": {
            "text": "Welcome to the call flow demo. For sales, press 1. For Alice, press 2. For Bob, press 0.",
            "voice": "female/en-US"
        }
    }'),
    ('sales_announcement', 'media', '{
        "name": "Sales announcement",
        "media_source": "tts",
        "tts": {
            "text": "Thank you for calling sales. Our office is closed at the moment. Please call again later.",
            "voice": "female/en-US"
        }
    }'),
    ('not_in_service', 'media', '{
        "name": "Number not in service",
        "media_source": "tts",
        "tts": {
            "text": "The number you have dialled is not in service. Please check the number and dial again.",
            "voice": "female/en-US"
        }
    }')
) as demo (id, kind, doc)
on conflict do nothing;

-- Each installation gets passwords of its own.
insert into documents (account_id, id, kind, doc)
select 'de300000000000000000000000000000', name || '_phone', 'device', jsonb_build_object(
    'name', initcap(name) || '''s phone',
    'owner_id', name,
    'device_type', 'softphone',
    'caller_id', jsonb_build_object('internal', jsonb_build_object('number', extension)),
    'sip', jsonb_build_object(
        'username', name,
        'password', substr(replace(gen_random_uuid()::text, '-', ''), 1, 20)),
    'media', '{"audio": {"codecs": ["PCMU", "PCMA"]}}'::jsonb)
from (values ('alice', '2001'), ('bob', '2002')) as phones (name, extension)
on conflict do nothing;

insert into callflows (account_id, id, doc)
select 'de300000000000000000000000000000', id, doc::jsonb
from (values
    ('main_menu', '{
        "name": "Main menu",
        "numbers": ["2000", "+15550002000"],
        "flow": {"module": "menu", "data": {"id": "welcome"}, "children": {
            "1": {"module": "play", "data": {"id": "sales_announcement"}},
            "2": {"module": "user", "data": {"id": "alice", "timeout": 20}, "children": {
                "_": {"module": "tts", "data": {"text": "Alice is not available. Goodbye."}}
            }},
            "0": {"module": "user", "data": {"id": "bob", "timeout": 20}, "children": {
                "_": {"module": "tts", "data": {"text": "Bob is not available. Goodbye."}}
            }},
            "timeout": {"module": "tts", "data": {"text": "We have not received your choice. Please call again. Goodbye."}, "children": {
                "_": {"module": "hangup"}
            }},
            "max_retries": {"module": "tts", "data": {"text": "Sorry that this did not work. Please call again. Goodbye."}, "children": {
                "_": {"module": "hangup"}
            }}
        }}
    }'),
    ('alice', '{
        "name": "Alice",
        "numbers": ["2001"],
        "flow": {"module": "user", "data": {"id": "alice", "timeout": 20}, "children": {
            "_": {"module": "tts", "data": {"text": "Alice is not available. Goodbye."}}
        }}
    }'),
    ('bob', '{
        "name": "Bob",
        "numbers": ["2002"],
        "flow": {"module": "user", "data": {"id": "bob", "timeout": 20}, "children": {
            "_": {"module": "tts", "data": {"text": "Bob is not available. Goodbye."}}
        }}
    }'),
    ('spoken_text', '{
        "name": "Spoken text",
        "numbers": ["2005"],
        "flow": {"module": "tts", "data": {"text": "This sentence was spoken by the computer that answered your call."}}
    }'),
    ('jump', '{
        "name": "A jump and a return",
        "numbers": ["2010"],
        "flow": {"module": "callflow", "data": {"id": "opening_hours"}, "children": {
            "_": {"module": "tts", "data": {"text": "We are back in the first call flow. Goodbye."}}
        }}
    }'),
    ('opening_hours', '{
        "name": "Opening hours",
        "numbers": [],
        "flow": {"module": "tts", "data": {"text": "We are open from nine to five, Monday to Friday."}}
    }'),
    ('three_and_three_digits', '{
        "name": "Three and three more digits",
        "patterns": ["^3(\\d{3})$"],
        "flow": {"module": "tts", "data": {"text": "You dialled three and then {capture_group}."}}
    }'),
    ('no_match', '{
        "name": "Number not in service",
        "numbers": ["no_match"],
        "flow": {"module": "response", "data": {"code": 404, "message": "Not Found", "media": "not_in_service"}}
    }')
) as demo (id, doc)
on conflict do nothing;

commit;
