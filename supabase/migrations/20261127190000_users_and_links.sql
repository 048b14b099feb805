-- How many users a group has touched, and what people and programs say of it and others: that they are one problem, or are
-- not (ADR 0026). Counts stay each group's own.

-- A part of create_generation.
create function argus.create_links(generation text) returns void
language plpgsql set search_path = '' as $$
begin
  execute format($add$
    alter table %1$I.error_groups
      add column users bigint not null default 0, -- exact up to 32, about above
      add column linked text collate "C", -- the group that this one counts with
      add column apart text[] not null default '{}'; -- groups that it must never count with
    create index on %1$I.error_groups (project_id, linked) where linked is not null;
  $add$, generation);
end $$;

-- As before, but for the links.
create or replace function argus.create_generation(generation text) returns void
language plpgsql set search_path = '' as $$
declare
  own constant text := 'project_id in (select project_id from argus.memberships where user_id = (select auth.uid()))';
begin
  execute format('create schema if not exists %I', generation);
  perform set_config('search_path', quote_ident(generation), true); -- ends with this function

  create table error_groups (
    project_id uuid not null references argus.projects on delete cascade,
    fingerprint text collate "C" not null, -- in byte order an index serves prefixes too
    parts jsonb not null, -- why this is one group: the named parts that were hashed
    algorithm text not null,
    epoch bigint not null, -- (epoch, writes) is the version: a row only goes upwards
    writes bigint not null,
    kind text not null check (kind in ('error', 'alert', 'ci')),
    severity text not null check (severity in ('fatal', 'error', 'warning', 'info', 'debug')),
    status text not null check (status in ('open', 'resolved', 'ignored', 'regressed')),
    title text not null,
    type text,
    culprit text,
    platform text,
    service text,
    count bigint not null,
    closed bigint not null,
    duplicates bigint not null,
    first_seen timestamptz not null,
    last_seen timestamptz not null,
    status_at timestamptz,
    status_by text,
    first_release text,
    last_release text,
    environments text[] not null,
    sources jsonb not null, -- count by source
    updated_at timestamptz not null default now(),
    primary key (project_id, fingerprint)
  ) with (fillfactor = 80);
  create index on error_groups (project_id, last_seen desc);
  create index on error_groups (fingerprint);

  -- Events kept whole. The key holds the day (of Kafka's time, UTC), as every key of a partitioned table must.
  create table production_events (
    event_id text not null,
    day date not null,
    project_id uuid not null references argus.projects on delete cascade,
    fingerprint text collate "C" not null,
    reason text not null check (reason in ('first', 'doubling', 'regression', 'all')), -- why it was kept
    source text not null,
    kind text not null,
    severity text not null,
    type text,
    message text,
    service text,
    environment text,
    release text,
    occurred_at timestamptz, -- the sender's word
    received_at timestamptz not null, -- Kafka's
    event jsonb not null, -- all of it
    primary key (event_id, day)
  ) partition by range (day);
  create index on production_events (project_id, fingerprint, received_at desc);
  create index on production_events (project_id, received_at desc);
  create table production_events_default partition of production_events default;
  alter table production_events_default enable row level security;

  -- What could not be processed. The body is in the dead-letter topic, not here.
  create table dead_letters (
    stage text not null,
    topic text not null, -- the topic's id
    partition int not null,
    "offset" bigint not null,
    index int not null, -- of the event inside its body
    project text not null, -- as the record says it: perhaps no project of ours
    source text not null,
    reason text not null,
    detail text not null,
    size bigint not null, -- of the body, in bytes
    at timestamptz not null,
    primary key (topic, partition, "offset", index, stage)
  );
  create index on dead_letters (project, at desc);
  create index on dead_letters (at);

  perform argus.grant_schema(generation);
  perform argus.let_members_read('error_groups', own);
  perform argus.let_members_read('production_events', own);
  perform argus.let_members_read('dead_letters', 'project in (select slug from argus.projects)'); -- under its policy
  perform argus.create_counts(generation);
  perform argus.create_links(generation);
  insert into argus.generations (name) values (generation);
end $$;

-- Every generation gets them.
do $$
declare
  generation text;
begin
  for generation in select name from argus.generations loop
    perform argus.create_links(generation);
  end loop;
end $$;

revoke execute on all functions in schema argus from public;
