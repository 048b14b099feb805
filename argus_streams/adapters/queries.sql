-- The statements of the Postgres adapters, by name. {generation} is the quoted schema of the derived tables.
-- Times on the wire are milliseconds since 1970. Every write takes one jsonb array, whatever the number of rows.

-- name: limits
-- Of this transaction alone: a pooler hands the same session to others afterwards.
select set_config('statement_timeout', '60s', true), set_config('lock_timeout', '10s', true);

-- name: probe
select from {generation}.error_groups limit 0;

-- name: create_projects
insert into argus.projects (slug, name)
select slug, slug from unnest(%(slugs)s::text[]) as wanted (slug)
where not exists (select from argus.projects p where p.slug = wanted.slug)
order by slug
on conflict (slug) do nothing
returning slug;

-- name: known_projects
select slug from argus.projects where slug = any (%(slugs)s::text[]);

-- name: upsert_groups
insert into {generation}.error_groups as stored (
  project_id, fingerprint, parts, algorithm, epoch, writes, kind, severity, status, title, type, culprit, platform,
  service, count, closed, duplicates, first_seen, last_seen, status_at, status_by, first_release, last_release,
  environments, sources
)
select
  p.id, g.fingerprint, g.parts, g.algorithm, (g.version ->> 0)::bigint, (g.version ->> 1)::bigint, g.kind, g.severity,
  g.status, g.title, g.type, g.culprit, g.platform, g.service, g.count, coalesce(g.closed, 0),
  coalesce(g.duplicates, 0), to_timestamp(g.first_seen / 1000.0), to_timestamp(g.last_seen / 1000.0),
  to_timestamp(g.status_at / 1000.0), g.status_by, g.first_release, g.last_release, coalesce(g.environments, '{}'),
  g.sources
from jsonb_to_recordset(%(rows)s::jsonb) as g (
  project text, fingerprint text, parts jsonb, algorithm text, version jsonb, kind text, severity text, status text,
  title text, type text, culprit text, platform text, service text, count bigint, closed bigint, duplicates bigint,
  first_seen bigint, last_seen bigint, status_at bigint, status_by text, first_release text, last_release text,
  environments text[], sources jsonb
)
join argus.projects p on p.slug = g.project
order by p.id, g.fingerprint -- one order for all writers: no deadlock
on conflict (project_id, fingerprint) do update set
  parts = excluded.parts, algorithm = excluded.algorithm, epoch = excluded.epoch, writes = excluded.writes,
  kind = excluded.kind, severity = excluded.severity, status = excluded.status, title = excluded.title,
  type = excluded.type, culprit = excluded.culprit, platform = excluded.platform, service = excluded.service,
  count = excluded.count, closed = excluded.closed, duplicates = excluded.duplicates,
  first_seen = excluded.first_seen, last_seen = excluded.last_seen, status_at = excluded.status_at,
  status_by = excluded.status_by, first_release = excluded.first_release, last_release = excluded.last_release,
  environments = excluded.environments, sources = excluded.sources, updated_at = now()
where (stored.epoch, stored.writes) < (excluded.epoch, excluded.writes)
returning (select slug from argus.projects where id = stored.project_id), stored.fingerprint;

-- name: upsert_counts
-- Of groups that upsert_groups has just written: their rows are locked, so what this statement sees is the last word.
-- Unchanged days are left out beforehand, since `on conflict` would lock (that is, write) each of them. A snapshot's
-- first day begins where its window does: it is compared without the hours before, `forgotten`, which stay.
insert into {generation}.group_days as stored (project_id, fingerprint, day, counts)
select g.project_id, g.fingerprint, changed.day, changed.counts
from (
  select p.id as project_id, r.fingerprint, r.since, r.forgotten, r.days
  from jsonb_to_recordset(%(rows)s::jsonb) as r (project text, fingerprint text, since int, forgotten int, days jsonb)
  join argus.projects p on p.slug = r.project
  order by p.id, r.fingerprint -- as the index is; groups are fewer to sort than their days
) g
cross join lateral (
  select date '1970-01-01' + key::int as day, value::bigint[] as counts from jsonb_each_text(g.days)
  except
  select d.day, case d.day - date '1970-01-01' when g.since
    then array_fill(null::bigint, array[g.forgotten]) || d.counts[g.forgotten + 1:] else d.counts end
  from {generation}.group_days d
  where d.project_id = g.project_id and d.fingerprint = g.fingerprint and d.day >= date '1970-01-01' + g.since
) changed
on conflict (project_id, fingerprint, day) do update set counts = case
  when array_positions(excluded.counts, null) <@ array_positions(stored.counts, null) then excluded.counts
  else ( -- some hours are stored and not told: they stay
    select array_agg(coalesce(told, known) order by place)
    from unnest(excluded.counts, stored.counts) with ordinality as hour (told, known, place)
  ) end;

-- name: insert_events
insert into {generation}.production_events (
  event_id, day, project_id, fingerprint, reason, source, kind, severity, type, message, service, environment,
  release, occurred_at, received_at, event
)
select
  e.event_id, (to_timestamp(e.received_at / 1000.0) at time zone 'UTC')::date, p.id, r.fingerprint, r.reason, e.source,
  coalesce(e.kind, 'error'), coalesce(e.severity, 'error'), e.type, e.message, e.service, e.environment, e.release,
  to_timestamp(e.occurred_at / 1000.0), to_timestamp(e.received_at / 1000.0), r.event
from jsonb_to_recordset(%(rows)s::jsonb) as r (project text, fingerprint text, reason text, event jsonb)
join argus.projects p on p.slug = r.project
cross join lateral jsonb_to_record(r.event) as e (
  event_id text, source text, kind text, severity text, type text, message text, service text, environment text,
  release text, occurred_at bigint, received_at bigint
)
order by e.event_id
on conflict (event_id, day) do nothing;

-- name: upsert_letters
insert into {generation}.dead_letters as stored (
  stage, topic, partition, "offset", index, project, source, reason, detail, size, at
)
select
  r.stage, r.origin ->> 0, (r.origin ->> 1)::int, (r.origin ->> 2)::bigint, (r.origin ->> 3)::int, r.project, r.source,
  r.reason, coalesce(r.detail, ''), r.size, to_timestamp(r.at / 1000.0)
from jsonb_to_recordset(%(rows)s::jsonb) as r (
  stage text, origin jsonb, project text, source text, reason text, detail text, size bigint, at bigint
)
order by 2, 3, 4, 5, 1
on conflict (topic, partition, "offset", index, stage) do nothing;

-- name: groups
select jsonb_build_object(
  'project', p.slug, 'fingerprint', g.fingerprint, 'parts', g.parts, 'algorithm', g.algorithm,
  'version', jsonb_build_array(g.epoch, g.writes), 'kind', g.kind, 'severity', g.severity, 'status', g.status,
  'title', g.title, 'type', g.type, 'culprit', g.culprit, 'platform', g.platform, 'service', g.service,
  'count', g.count, 'closed', g.closed, 'duplicates', g.duplicates,
  'first_seen', (extract(epoch from g.first_seen) * 1000)::bigint,
  'last_seen', (extract(epoch from g.last_seen) * 1000)::bigint,
  'status_at', (extract(epoch from g.status_at) * 1000)::bigint, 'status_by', g.status_by,
  'first_release', g.first_release, 'last_release', g.last_release, 'environments', g.environments,
  'sources', g.sources,
  'hours', coalesce((
    select jsonb_object_agg((extract(epoch from c.hour) / 3600)::bigint, c.count)
    from {generation}.group_counts c
    where c.project_id = g.project_id and c.fingerprint = g.fingerprint
      and c.day >= date '1970-01-01' + floor(%(since_hour)s::bigint / 24.0)::int
      and c.hour >= to_timestamp(%(since_hour)s::bigint * 3600)
  ), '{}')
)::text
from {generation}.error_groups g
join argus.projects p on p.id = g.project_id
where (%(project)s::text is null or p.slug = %(project)s)
  and (%(statuses)s::text[] = '{}' or g.status = any (%(statuses)s::text[]))
  and (%(prefix)s::text is null or g.fingerprint ^@ %(prefix)s)
order by g.last_seen desc, p.slug, g.fingerprint
limit %(limit)s;

-- name: events
select jsonb_build_object('project', p.slug, 'fingerprint', e.fingerprint, 'reason', e.reason, 'event', e.event)::text
from {generation}.production_events e
join argus.projects p on p.id = e.project_id
where p.slug = %(project)s and e.fingerprint = %(fingerprint)s
order by e.received_at desc, e.event_id
limit %(limit)s;

-- name: letters
select jsonb_build_object(
  'stage', l.stage, 'reason', l.reason, 'detail', l.detail, 'project', l.project, 'source', l.source,
  'origin', jsonb_build_array(l.topic, l.partition, l.offset, l.index), 'size', l.size,
  'at', (extract(epoch from l.at) * 1000)::bigint
)::text
from {generation}.dead_letters l
where %(project)s::text is null or l.project = %(project)s
order by l.at desc, l.topic, l.partition, l.offset, l.index
limit %(limit)s;

-- name: stored_groups
select p.slug, g.fingerprint, g.epoch, g.writes, g.count, g.closed, g.duplicates, coalesce((
    select jsonb_object_agg((extract(epoch from c.hour) / 3600)::bigint, c.count)
    from {generation}.group_counts c
    where c.project_id = g.project_id and c.fingerprint = g.fingerprint
      and c.day >= date '1970-01-01' + floor(%(since_hour)s::bigint / 24.0)::int
      and c.hour >= to_timestamp(%(since_hour)s::bigint * 3600)
  ), '{}')::text
from jsonb_to_recordset(%(keys)s::jsonb) as k (project text, fingerprint text)
join argus.projects p on p.slug = k.project
join {generation}.error_groups g on g.project_id = p.id and g.fingerprint = k.fingerprint;

-- name: lacking_events
select k.event_id, k.at
from jsonb_to_recordset(%(keys)s::jsonb) as k (event_id text, at bigint)
where not exists (
  select from {generation}.production_events e
  where e.event_id = k.event_id and e.day = (to_timestamp(k.at / 1000.0) at time zone 'UTC')::date
);

-- name: lacking_letters
select k.topic, k.partition, k.offset, k.index, k.stage
from jsonb_to_recordset(%(keys)s::jsonb) as k (topic text, partition int, "offset" bigint, index int, stage text)
where not exists (
  select from {generation}.dead_letters l
  where (l.topic, l.partition, l.offset, l.index, l.stage) = (k.topic, k.partition, k.offset, k.index, k.stage)
);
