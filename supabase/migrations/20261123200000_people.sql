-- People and settings: one copy, whatever generations of derived data stand beside each other.
create schema if not exists argus;

-- Supabase brings auth.uid(). A bare Postgres gets the same reading of the request's claims.
do $$
begin
  if to_regprocedure('auth.uid()') is null then
    create schema if not exists auth;
    create function auth.uid() returns uuid language sql stable as
      $body$ select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $body$;
    grant usage on schema auth to public;
  end if;
end $$;

create table argus.projects (
  id uuid primary key default gen_random_uuid(),
  slug text not null unique check (slug ~ '^[a-z0-9-]{1,64}$'), -- what producers say; never changes
  name text not null, -- what people read; theirs to change
  created_at timestamptz not null default now()
);

create table argus.memberships (
  project_id uuid not null references argus.projects on delete cascade,
  user_id uuid not null,
  role text not null default 'member' check (role in ('owner', 'member')),
  created_at timestamptz not null default now(),
  primary key (user_id, project_id) -- in the order in which policies ask
);
create index on argus.memberships (project_id);

-- Where Supabase keeps the users, a membership ends with its user.
do $$
begin
  if to_regclass('auth.users') is not null then
    alter table argus.memberships add foreign key (user_id) references auth.users on delete cascade;
  end if;
end $$;

create table argus.api_keys (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references argus.projects on delete cascade,
  name text not null,
  sha256 bytea not null unique check (octet_length(sha256) = 32), -- of 256 random bits; the key itself is shown once
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);
create index on argus.api_keys (project_id);

create table argus.generations (
  name text primary key check (name ~ '^[a-z][a-z0-9_]{0,47}$'), -- also the name of its schema
  status text not null default 'building' check (status in ('building', 'live', 'retired')),
  created_at timestamptz not null default now()
);
create unique index on argus.generations (status) where status = 'live';

-- Who signs in with Supabase is `authenticated`; a bare Postgres without that role leaves it to the claims alone.
create function argus.reader() returns text language sql stable set search_path = '' as
  $$ select coalesce((select 'authenticated' from pg_roles where rolname = 'authenticated'), 'public') $$;

-- Rows that a member of a project may read: RLS on, one policy, and the privilege to ask at all.
create function argus.let_members_read(target regclass, condition text) returns void
language plpgsql set search_path = '' as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('create policy members_read on %s for select to %s using (%s)', target, argus.reader(), condition);
  perform argus.grant_reading(target);
end $$;

create function argus.grant_reading(target regclass) returns void language plpgsql set search_path = '' as $$
begin
  if argus.reader() = 'authenticated' then
    execute format('grant select on %s to authenticated', target);
  end if;
  if exists (select from pg_roles where rolname = 'service_role') then
    execute format('grant select, insert, update, delete on %s to service_role', target);
  end if;
end $$;

create function argus.grant_schema(target text) returns void language plpgsql set search_path = '' as $$
declare
  reader text;
begin
  for reader in select rolname from pg_roles where rolname in ('authenticated', 'service_role') loop
    execute format('grant usage on schema %I to %I', target, reader);
  end loop;
end $$;

-- `(select auth.uid())` is asked once a query; a bare call is asked once a row.
select argus.grant_schema('argus');
select argus.let_members_read('argus.memberships', 'user_id = (select auth.uid())');
select argus.let_members_read('argus.projects',
  'id in (select project_id from argus.memberships where user_id = (select auth.uid()))');

-- No policy: neither hashes of keys nor generations are for browsers.
alter table argus.api_keys enable row level security;
alter table argus.generations enable row level security;
