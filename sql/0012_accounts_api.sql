-- What clients of the HTTP API say of accounts and public numbers.

-- Kazoo's clients log in to an account by its name, written as they like.
create function account_key(name text) returns text
    language sql immutable strict parallel safe
    return coalesce(nullif(regexp_replace(lower(name), '[^a-z0-9]', '', 'g'), ''), lower(name));

create index accounts_key on accounts (account_key(name));
create index accounts_parent on accounts (parent_id);

alter table phone_numbers
    add column state text not null default 'in_service'
        constraint "a phone number is in service, about to be, or reserved"
            check (state in ('in_service', 'port_in', 'reserved')),
    add column doc jsonb not null default '{}'
        constraint "a phone number's document is a JSON object" check (jsonb_typeof(doc) = 'object'),
    add column revision integer not null default 1,
    add column created_at timestamptz not null default now(),
    add column updated_at timestamptz not null default now();

comment on column phone_numbers.state is 'calls from outside arrive at all but a reserved one';
comment on column phone_numbers.doc is 'Kazoo''s public fields of a number';

create function set_number_revision() returns trigger
    language plpgsql as $$
begin
    if new is distinct from old then
        new.revision := old.revision + 1;
        new.updated_at := now();
    end if;
    return new;
end $$;

create trigger revision before update on phone_numbers
    for each row execute function set_number_revision();
