-- What must be unique over all accounts is looked for when a document is saved.

create index devices_by_ip on documents ((doc #>> '{sip,ip}')) where kind = 'device';
create index fax_boxes_by_address on documents (lower(doc ->> 'custom_smtp_email_address'))
    where kind = 'faxbox';
