-- Occurrences by hour lie in one row a group and day, not in one a group and hour: of a group that counts in each hour
-- that is a row and its index entries instead of 24 (ADR 0024). Whoever reads finds the hours in the view group_counts.

-- Of each place the first of two that is not null.
create function argus.first_told(one bigint[], other bigint[]) returns bigint[]
language sql immutable set search_path = '' as $$
  select array_agg(coalesce(a, b) order by place) from unnest(one, other) with ordinality as told (a, b, place)
$$;

-- The counts of a generation: a part of create_generation.
create function argus.create_counts(generation text) returns void
language plpgsql set search_path = '' as $$
declare
  own constant text := 'project_id in (select project_id from argus.memberships where user_id = (select auth.uid()))';
begin
  perform set_config('search_path', quote_ident(generation), true); -- ends with this function

  -- Occurrences of one day (UTC, of Kafka's time) by hour: absolute numbers, valid for the version that error_groups
  -- shows; null = never told. No foreign key: checked for each row it would cost as much as the insert. delete_expired
  -- takes what a project leaves.
  create table group_days (
    project_id uuid not null,
    fingerprint text collate "C" not null,
    day date not null,
    counts bigint[] not null check (cardinality(counts) = 24),
    primary key (project_id, fingerprint, day)
  ) with (fillfactor = 80);
  -- For questions by day alone. A btree that begins with the project would be taken for a group's days, too, where the
  -- planner knows of no rows yet: each look would read the whole project.
  create index on group_days using brin (day);

  -- `day` is there to be searched by: no index knows the hours.
  create view group_counts with (security_invoker = true) as
    select d.project_id, d.fingerprint, d.day,
      (d.day + make_interval(hours => (c.place - 1)::int)) at time zone 'UTC' as hour, c.count
    from group_days d
    cross join lateral unnest(d.counts) with ordinality as c (count, place)
    where c.count is not null;

  -- Read from the counts, for not every event is kept. `unique_errors` counts groups of any kind.
  create view correlation_summary with (security_invoker = true) as
    select project_id, hour, sum(count)::bigint as event_count, count(*) filter (where count > 0) as unique_errors, day
    from group_counts
    where hour > now() - interval '30 days' and day >= ((now() - interval '30 days') at time zone 'UTC')::date
    group by project_id, day, hour;

  perform argus.let_members_read('group_days', own);
  perform argus.grant_reading('group_counts');
  perform argus.grant_reading('correlation_summary');
end $$;

-- As before, but for the counts.
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
  insert into argus.generations (name) values (generation);
end $$;

-- As before, but for the counts.
-- Deletes what is as old outside the partitions: stray events, counts (also of deleted projects) and letters. Returns
-- the number of rows.
create or replace function argus.delete_expired(older_than_days int, generation text default 'argus_live') returns bigint
language plpgsql set search_path = '' as $$
declare
  oldest constant timestamptz := (((now() at time zone 'UTC')::date - older_than_days)::timestamp) at time zone 'UTC';
  deleted bigint;
  total bigint := 0;
begin
  execute format('delete from %I.production_events_default where day < $1', generation)
    using (oldest at time zone 'UTC')::date;
  get diagnostics total = row_count;
  execute format('delete from %I.group_days c where day < $1
    or not exists (select from argus.projects p where p.id = c.project_id)', generation)
    using (oldest at time zone 'UTC')::date;
  get diagnostics deleted = row_count;
  total := total + deleted;
  execute format('delete from %I.dead_letters where at < $1', generation) using oldest;
  get diagnostics deleted = row_count;
  return total + deleted;
end $$;

-- As before, but for the counts: copies what was stored of one day before `until`, and letters about input records
-- that lie before the starts of the new generation. Twice is once. Returns the number of rows.
create or replace function argus.copy_history(source text, target text, wanted date, until timestamptz) returns bigint
language plpgsql set search_path = '' as $$
declare
  since constant timestamptz := wanted::timestamp at time zone 'UTC';
  hours constant int := least(24, ceil(extract(epoch from until - since) / 3600)); -- that begin before `until`
  copied bigint;
  total bigint := 0;
begin
  perform argus.create_partition(target, wanted);
  execute format('insert into %I.production_events select * from %I.production_events
    where day = $1 and received_at < $2 on conflict do nothing', target, source) using wanted, until;
  get diagnostics total = row_count;
  execute format('insert into %I.group_days as own
    select project_id, fingerprint, day, counts[:$2] || array_fill(null::bigint, array[24 - $2]) from %I.group_days
    where day = $1 and array_remove(counts[:$2], null) <> ''{}''
    on conflict (project_id, fingerprint, day) do update set counts = argus.first_told(own.counts, excluded.counts)
    where own.counts <> argus.first_told(own.counts, excluded.counts)', target, source) using wanted, hours;
  get diagnostics copied = row_count;
  total := total + copied;
  execute format('insert into %I.dead_letters select l.* from %I.dead_letters l
    join argus.generations g on g.name = $3
    join jsonb_array_elements(g.starts) s
      on s ->> 1 = l.topic and (s ->> 2)::int = l.partition and l.offset < (s ->> 3)::bigint
    where l.at >= $1 and l.at < $1 + interval ''1 day'' on conflict do nothing', target, source)
    using since, until, target;
  get diagnostics copied = row_count;
  return total + copied;
end $$;

-- Every generation's hours are moved.
do $$
declare
  generation text;
begin
  for generation in select name from argus.generations loop
    execute format('drop view %I.correlation_summary', generation);
    execute format('alter table %I.group_counts rename to group_hours', generation);
    perform argus.create_counts(generation);
    execute format($move$
      insert into %1$I.group_days
      select k.project_id, k.fingerprint, k.day, array_agg(c.count order by k.hour)
      from (
        select project_id, fingerprint, day, (day + make_interval(hours => place)) at time zone 'UTC' as hour
        from (select distinct project_id, fingerprint, (hour at time zone 'UTC')::date from %1$I.group_hours)
          as days (project_id, fingerprint, day), generate_series(0, 23) as place
      ) k
      left join %1$I.group_hours c using (project_id, fingerprint, hour)
      group by k.project_id, k.fingerprint, k.day
    $move$, generation);
    execute format('drop table %I.group_hours', generation);
  end loop;
end $$;

revoke execute on all functions in schema argus from public;
