-- Binary content in the object store: which row has which object, and which objects nobody has.

create table unused_objects (
    key text primary key
        constraint "an object's key is made of a-z 0-9 - /" check (key ~ '^[a-z0-9/-]{1,200}$'),
    since timestamptz not null default now()
);

comment on table unused_objects is
    'Objects that no row has: not yet (each is announced here before it is stored), or no longer. '
    'Those that stay here are deleted, from the object store and from here.';

create index unused_objects_since on unused_objects (since);

-- Content is here (written by SQL) or in the object store. The digest was generated from what is
-- here; now whoever stores an object tells it.
alter table attachments alter column sha256 drop expression;
alter table attachments
    alter column data drop not null,
    add column object text unique,
    add column size bigint,
    add constraint "an attachment is either here or in the object store"
        check ((data is null) <> (object is null));

comment on column attachments.data is 'its content; null: it is in the object store';
comment on column attachments.object is 'the key of its content in the object store';
comment on column attachments.size is 'in bytes';

update attachments set size = length(data);
alter table attachments alter column size set not null;

alter table recordings
    add column object text unique,
    add column size bigint,
    add column sha256 text,
    add constraint "a recording is not both here and in the object store"
        check (content is null or object is null);

comment on column recordings.content is
    'the sound; null when it was sent away or is in the object store';
comment on column recordings.object is 'the key of the sound in the object store';
comment on column recordings.size is 'of the sound, in bytes; null when there is none';

update recordings set size = length(content), sha256 = encode(sha256(content), 'hex')
where content is not null;

create function measure_attachment() returns trigger
    language plpgsql as $$
begin
    if new.data is not null then
        new.size := length(new.data);
        new.sha256 := encode(sha256(new.data), 'hex');
    end if;
    return new;
end $$;

create function measure_recording() returns trigger
    language plpgsql as $$
begin
    if new.content is not null then
        new.size := length(new.content);
        new.sha256 := encode(sha256(new.content), 'hex');
    end if;
    return new;
end $$;

create trigger measure before insert or update on attachments
    for each row execute function measure_attachment();
create trigger measure before insert or update on recordings
    for each row execute function measure_recording();

-- After the row is written, since one that conflicts is never inserted.
create function own_object() returns trigger
    language plpgsql as $$
begin
    if tg_op <> 'INSERT' and old.object is not null then
        insert into unused_objects (key) values (old.object);
    end if;
    if tg_op <> 'DELETE' and new.object is not null then
        delete from unused_objects where key = new.object;
        if not found then
            raise exception 'object % is not there', new.object
                using errcode = 'foreign_key_violation',
                    hint = 'an object is announced in unused_objects, stored, and used once';
        end if;
    end if;
    return null;
end $$;

create trigger own_object after insert or delete on attachments
    for each row execute function own_object();
create trigger own_other_object after update on attachments
    for each row when (old.object is distinct from new.object) execute function own_object();
create trigger own_object after insert or delete on recordings
    for each row execute function own_object();
create trigger own_other_object after update on recordings
    for each row when (old.object is distinct from new.object) execute function own_object();

create function leave_objects() returns trigger
    language plpgsql as $$
begin
    execute format(
        'insert into unused_objects (key) select object from %s where object is not null',
        tg_relid::regclass
    );
    return null;
end $$;

create trigger leave_objects before truncate on attachments
    for each statement execute function leave_objects();
create trigger leave_objects before truncate on recordings
    for each statement execute function leave_objects();
