-- One complete set of derived data, in a schema of its own. A later migration that changes these tables changes
-- this template, and alters each schema listed in argus.generations.
create function argus.create_generation(generation text) returns void
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

  -- Occurrences by hour of Kafka's time: absolute numbers, valid for the version that error_groups shows. No foreign
  -- key: checked for each hour it would cost as much as the insert. delete_expired takes what a project leaves.
  create table group_counts (
    project_id uuid not null,
    fingerprint text collate "C" not null,
    hour timestamptz not null,
    count bigint not null,
    primary key (project_id, fingerprint, hour)
  ) with (fillfactor = 80);
  create index on group_counts (project_id, hour);

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

  -- Read from the counts, for not every event is kept. `unique_errors` counts groups of any kind.
  create view correlation_summary with (security_invoker = true) as
    select project_id, hour, sum(count)::bigint as event_count, count(*) filter (where count > 0) as unique_errors
    from group_counts
    where hour > now() - interval '30 days'
    group by project_id, hour;

  perform argus.grant_schema(generation);
  perform argus.let_members_read('error_groups', own);
  perform argus.let_members_read('group_counts', own);
  perform argus.let_members_read('production_events', own);
  perform argus.let_members_read('dead_letters', 'project in (select slug from argus.projects)'); -- under its policy
  perform argus.grant_reading('correlation_summary');
  insert into argus.generations (name) values (generation);
end $$;

-- Makes the partition of one day, and moves into it what the default partition holds of that day.
create function argus.create_partition(generation text, wanted date) returns text
language plpgsql set search_path = '' as $$
declare
  partition constant text := 'production_events_' || to_char(wanted, 'YYYYMMDD');
  waits boolean;
begin
  if to_regclass(format('%I.%I', generation, partition)) is not null then
    return null;
  end if;
  perform set_config('search_path', quote_ident(generation), true);
  execute format('create table %I (like production_events including defaults including constraints)', partition);
  execute format('alter table %I enable row level security', partition);
  execute 'select exists (select from production_events_default where day = $1)' into waits using wanted;
  if waits then
    lock table production_events_default in access exclusive mode;
    execute format('with moved as (delete from production_events_default where day = $1 returning *)
      insert into %I select * from moved', partition) using wanted;
  end if;
  -- Attaching, unlike `create table ... partition of`, lets writers of other days go on.
  execute format('alter table production_events attach partition %I for values from (%L) to (%L)',
    partition, wanted, wanted + 1);
  return partition;
end $$;

-- Partitions from yesterday to `days_ahead` days from now; returns the names of the new ones.
create function argus.create_partitions(days_ahead int, generation text default 'argus_live') returns setof text
language plpgsql set search_path = '' as $$
declare
  today constant date := (now() at time zone 'UTC')::date;
begin
  perform pg_advisory_xact_lock(hashtextextended('argus partitions of ' || generation, 0));
  return query
    select made from generate_series(-1, days_ahead) as ahead,
      lateral argus.create_partition(generation, today + ahead) as made
    where made is not null;
end $$;

-- Drops whole days that lie more than `older_than_days` days back; returns the names of what went.
create function argus.drop_partitions(older_than_days int, generation text default 'argus_live') returns setof text
language plpgsql set search_path = '' as $$
declare
  oldest constant date := (now() at time zone 'UTC')::date - older_than_days;
  expired text;
begin
  perform pg_advisory_xact_lock(hashtextextended('argus partitions of ' || generation, 0));
  for expired in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = format('%I.production_events', generation)::regclass
      and c.relname ~ '^production_events_\d{8}$' and to_date(right(c.relname, 8), 'YYYYMMDD') < oldest
    order by 1
  loop
    execute format('drop table %I.%I', generation, expired);
    return next expired;
  end loop;
end $$;

-- Deletes what is as old outside the partitions: stray events, counts (also of deleted projects) and letters. Returns the number of rows.
create function argus.delete_expired(older_than_days int, generation text default 'argus_live') returns bigint
language plpgsql set search_path = '' as $$
declare
  oldest constant timestamptz := (((now() at time zone 'UTC')::date - older_than_days)::timestamp) at time zone 'UTC';
  deleted bigint;
  total bigint := 0;
begin
  execute format('delete from %I.production_events_default where day < $1', generation)
    using (oldest at time zone 'UTC')::date;
  get diagnostics total = row_count;
  execute format('delete from %I.group_counts c where hour < $1
    or not exists (select from argus.projects p where p.id = c.project_id)', generation) using oldest;
  get diagnostics deleted = row_count;
  total := total + deleted;
  execute format('delete from %I.dead_letters where at < $1', generation) using oldest;
  get diagnostics deleted = row_count;
  return total + deleted;
end $$;

-- Supabase's API would offer them to everyone.
revoke execute on all functions in schema argus from public;
