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
  environments, sources, users, linked, apart
)
select
  p.id, g.fingerprint, g.parts, g.algorithm, (g.version ->> 0)::bigint, (g.version ->> 1)::bigint, g.kind, g.severity,
  g.status, g.title, g.type, g.culprit, g.platform, g.service, g.count, coalesce(g.closed, 0),
  coalesce(g.duplicates, 0), to_timestamp(g.first_seen / 1000.0), to_timestamp(g.last_seen / 1000.0),
  to_timestamp(g.status_at / 1000.0), g.status_by, g.first_release, g.last_release, coalesce(g.environments, '{}'),
  g.sources, coalesce(g.users, 0), g.linked, coalesce(g.apart, '{}')
from jsonb_to_recordset(%(rows)s::jsonb) as g (
  project text, fingerprint text, parts jsonb, algorithm text, version jsonb, kind text, severity text, status text,
  title text, type text, culprit text, platform text, service text, count bigint, closed bigint, duplicates bigint,
  first_seen bigint, last_seen bigint, status_at bigint, status_by text, first_release text, last_release text,
  environments text[], sources jsonb, users bigint, linked text, apart text[]
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
  environments = excluded.environments, sources = excluded.sources, users = excluded.users,
  linked = excluded.linked, apart = excluded.apart, updated_at = now()
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

-- name: upsert_incidents
insert into {generation}.incidents as stored (
  project_id, incident, epoch, writes, status, title, severity, opened_at, last_at, status_at, status_by, reason,
  merged_into, services, environments, groups, signals, causes, members, links, replayed
)
select
  p.id, i.incident, (i.version ->> 0)::bigint, (i.version ->> 1)::bigint, i.status, i.title, i.severity,
  to_timestamp(i.opened_at / 1000.0), to_timestamp(i.last_at / 1000.0), to_timestamp(i.status_at / 1000.0),
  i.status_by, coalesce(i.reason, ''), i.merged_into, coalesce(i.services, '{}'), coalesce(i.environments, '{}'),
  coalesce(i.groups, '{}'), i.signals, coalesce(i.causes, '[]'), coalesce(i.members, '[]'), coalesce(i.links, '[]'),
  coalesce(i.replayed, false)
from jsonb_to_recordset(%(rows)s::jsonb) as i (
  project text, incident text, version jsonb, status text, title text, severity text, opened_at bigint, last_at bigint,
  status_at bigint, status_by text, reason text, merged_into text, services text[], environments text[], groups text[],
  signals bigint, causes jsonb, members jsonb, links jsonb, replayed boolean
)
join argus.projects p on p.slug = i.project
order by p.id, i.incident
on conflict (project_id, incident) do update set
  epoch = excluded.epoch, writes = excluded.writes, status = excluded.status, title = excluded.title,
  severity = excluded.severity, opened_at = excluded.opened_at, last_at = excluded.last_at,
  status_at = excluded.status_at, status_by = excluded.status_by, reason = excluded.reason,
  merged_into = excluded.merged_into, services = excluded.services, environments = excluded.environments,
  groups = excluded.groups, signals = excluded.signals, causes = excluded.causes, members = excluded.members,
  links = excluded.links, replayed = excluded.replayed, updated_at = now()
where (stored.epoch, stored.writes) < (excluded.epoch, excluded.writes);

-- name: upsert_analyses
insert into {generation}.analyses as stored (
  project_id, subject, epoch, writes, kind, at, evidence, by, reason, title, summary, doubt, claims, facts, tier,
  provider, model, prompt, agrees, tokens, cost, joined, verdict, verdict_by, again_at
)
select
  p.id, a.subject, (a.version ->> 0)::bigint, (a.version ->> 1)::bigint, a.kind, to_timestamp(a.at / 1000.0),
  a.evidence, a.by, a.reason, coalesce(a.title, ''), coalesce(a.summary, ''), coalesce(a.doubt, ''),
  coalesce(a.claims, '[]'), coalesce(a.facts, '[]'), a.tier, a.provider, a.model, a.prompt, a.agrees,
  coalesce(a.tokens, '{}'), coalesce(a.cost, 0), coalesce(a.joined, 1), a.verdict, a.verdict_by,
  to_timestamp(a.again_at / 1000.0)
from jsonb_to_recordset(%(rows)s::jsonb) as a (
  project text, subject text, version jsonb, kind text, at bigint, evidence text, by text, reason text, title text,
  summary text, doubt text, claims jsonb, facts jsonb, tier text, provider text, model text, prompt text,
  agrees boolean, tokens jsonb, cost bigint, joined bigint, verdict text, verdict_by text, again_at bigint
)
join argus.projects p on p.slug = a.project
order by p.id, a.subject
on conflict (project_id, subject) do update set
  epoch = excluded.epoch, writes = excluded.writes, kind = excluded.kind, at = excluded.at,
  evidence = excluded.evidence, by = excluded.by, reason = excluded.reason, title = excluded.title,
  summary = excluded.summary, doubt = excluded.doubt, claims = excluded.claims, facts = excluded.facts,
  tier = excluded.tier, provider = excluded.provider, model = excluded.model, prompt = excluded.prompt,
  agrees = excluded.agrees, tokens = excluded.tokens, cost = excluded.cost, joined = excluded.joined,
  verdict = excluded.verdict, verdict_by = excluded.verdict_by, again_at = excluded.again_at, updated_at = now()
where (stored.epoch, stored.writes) < (excluded.epoch, excluded.writes);

-- name: upsert_scores
insert into {generation}.quality_scores as stored (
  project_id, score_type, span, created_at, epoch, writes, value, parts
)
select
  p.id, s.score_type, date_bin('5 minutes', to_timestamp(s.at / 1000.0), to_timestamp(0)),
  to_timestamp(s.at / 1000.0), (s.version ->> 0)::bigint, (s.version ->> 1)::bigint, s.value, s.parts
from jsonb_to_recordset(%(rows)s::jsonb) as s (
  project text, score_type text, version jsonb, at bigint, value double precision, parts jsonb
)
join argus.projects p on p.slug = s.project
order by 1, 2, 3
on conflict (project_id, score_type, span) do update set
  created_at = excluded.created_at, epoch = excluded.epoch, writes = excluded.writes, value = excluded.value,
  parts = excluded.parts
where (stored.epoch, stored.writes) < (excluded.epoch, excluded.writes);

-- name: upsert_patterns
insert into {generation}.healing_patterns as stored (
  fingerprint, original_selector, healed_selector, error_type, success_count, failure_count, last_used_at, project_id,
  created_at, scope, source, standing, reason, bound, rule, tests, first_release, last_release, origin, epoch, writes
)
select
  r.fingerprint, r.locator, r.healed, r.failure, coalesce(r.successes, 0), coalesce(r.failures, 0),
  to_timestamp(r.last_used_at / 1000.0), p.id, to_timestamp(r.created_at / 1000.0), r.scope, r.source, r.standing,
  r.reason, coalesce(r.bound, 0), r.rule, coalesce(r.tests, '{}'), r.first_release, r.last_release, r.origin,
  (r.version ->> 0)::bigint, (r.version ->> 1)::bigint
from jsonb_to_recordset(%(rows)s::jsonb) as r (
  project text, fingerprint text, locator text, healed text, scope text, failure text, source text, version jsonb,
  standing text, reason text, successes bigint, failures bigint, bound double precision, rule text, tests text[],
  first_release text, last_release text, created_at bigint, last_used_at bigint, origin jsonb
)
join argus.projects p on p.slug = r.project
order by r.fingerprint
on conflict (fingerprint) do update set
  original_selector = excluded.original_selector, healed_selector = excluded.healed_selector,
  error_type = excluded.error_type, success_count = excluded.success_count, failure_count = excluded.failure_count,
  last_used_at = excluded.last_used_at, project_id = excluded.project_id, created_at = excluded.created_at,
  scope = excluded.scope, source = excluded.source, standing = excluded.standing, reason = excluded.reason,
  bound = excluded.bound, rule = excluded.rule, tests = excluded.tests, first_release = excluded.first_release,
  last_release = excluded.last_release, origin = excluded.origin, epoch = excluded.epoch, writes = excluded.writes,
  updated_at = now()
where (stored.epoch, stored.writes) < (excluded.epoch, excluded.writes);

-- name: insert_decisions
insert into {generation}.healing_decisions (
  project_id, decision_id, failure_id, at, verdict, reason, detail, test, file, line, locator, scope, failure, healed,
  source, confidence, pattern, proposals, repository, commit, release, replayed
)
select
  p.id, d.decision_id, d.failure_id, to_timestamp(d.at / 1000.0), d.verdict, d.reason, d.detail, d.test, d.file, d.line,
  d.locator, d.scope, d.failure, d.healed, d.source, coalesce(d.confidence, 0), d.pattern, coalesce(d.proposals, '[]'),
  d.repository, d.commit, d.release, coalesce(d.replayed, false)
from jsonb_to_recordset(%(rows)s::jsonb) as d (
  project text, decision_id text, failure_id text, at bigint, verdict text, reason text, detail text, test text,
  file text, line bigint, locator text, scope text, failure text, healed text, source text,
  confidence double precision, pattern text, proposals jsonb, repository text, commit text, release text,
  replayed boolean
)
join argus.projects p on p.slug = d.project
order by p.id, d.decision_id
on conflict (project_id, decision_id) do nothing;

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

-- name: purges
select kind, project, partition, asked, until, epoch, writes from {generation}.purges
where project = any (%(projects)s::text[]);

-- name: enter_purges
insert into {generation}.purges as known (kind, project, partition, asked, until, epoch, writes)
select distinct on (g.kind, g.project, g.partition)
  g.kind, g.project, g.partition, g.asked, g.until, g.epoch, g.writes
from jsonb_to_recordset(%(rows)s::jsonb) as g (
  kind text, project text, partition int, asked bigint, until bigint, epoch bigint, writes bigint
)
order by g.kind, g.project, g.partition, g.epoch desc, g.writes desc, g.asked desc
on conflict (kind, project, partition) do update set
  asked = excluded.asked, until = excluded.until, epoch = excluded.epoch, writes = excluded.writes, entered_at = now()
where (known.epoch, known.writes, known.asked) < (excluded.epoch, excluded.writes, excluded.asked);

-- name: purge_groups
-- What was kept of a group between the order and its execution goes with it; what is older is deleted in parts.
with gone as (
  delete from {generation}.error_groups g
  using jsonb_to_recordset(%(rows)s::jsonb) as r (
    kind text, project text, name text, asked bigint, until bigint, epoch bigint, writes bigint
  )
  join argus.projects p on p.slug = r.project
  where r.kind = 'groups' and g.project_id = p.id and g.fingerprint = r.name
    and (g.epoch, g.writes) <= (r.epoch, r.writes)
  returning g.project_id, g.fingerprint, r.asked, r.until
), days as (
  delete from {generation}.group_days d using gone
  where d.project_id = gone.project_id and d.fingerprint = gone.fingerprint
)
delete from {generation}.production_events e using gone
where e.project_id = gone.project_id and e.fingerprint = gone.fingerprint
  and e.received_at > to_timestamp(gone.asked / 1000.0) and e.received_at <= to_timestamp(gone.until / 1000.0);

-- name: purge_incidents
delete from {generation}.incidents t
using jsonb_to_recordset(%(rows)s::jsonb) as r (kind text, project text, name text, epoch bigint, writes bigint)
join argus.projects p on p.slug = r.project
where r.kind = 'incidents' and r.name = '' and t.project_id = p.id and (t.epoch, t.writes) <= (r.epoch, r.writes);

-- name: purge_analyses
delete from {generation}.analyses t
using jsonb_to_recordset(%(rows)s::jsonb) as r (kind text, project text, name text, epoch bigint, writes bigint)
join argus.projects p on p.slug = r.project
where r.kind = 'analyses' and r.name = '' and t.project_id = p.id and (t.epoch, t.writes) <= (r.epoch, r.writes);

-- name: purge_scores
delete from {generation}.quality_scores t
using jsonb_to_recordset(%(rows)s::jsonb) as r (kind text, project text, name text, epoch bigint, writes bigint)
join argus.projects p on p.slug = r.project
where r.kind = 'scores' and r.name = '' and t.project_id = p.id and (t.epoch, t.writes) <= (r.epoch, r.writes);

-- name: purge_patterns
delete from {generation}.healing_patterns t
using jsonb_to_recordset(%(rows)s::jsonb) as r (kind text, project text, name text, epoch bigint, writes bigint)
join argus.projects p on p.slug = r.project
where r.kind = 'patterns' and r.name = '' and t.project_id = p.id and (t.epoch, t.writes) <= (r.epoch, r.writes);

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
  'sources', g.sources, 'users', g.users, 'linked', g.linked, 'apart', g.apart,
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
  and (%(fingerprints)s::text[] = '{}' or g.fingerprint = any (%(fingerprints)s::text[]))
order by g.last_seen desc, p.slug, g.fingerprint
limit %(limit)s;

-- name: linked
-- All that these groups count with, however long the chain; `union` ends where it is a circle.
with recursive family (project_id, fingerprint) as (
  select p.id, k.fingerprint collate "C"
  from jsonb_to_recordset(%(keys)s::jsonb) as k (project text, fingerprint text)
  join argus.projects p on p.slug = k.project
  union
  select f.project_id, o.fingerprint
  from family f
  cross join lateral (
    select g.fingerprint from {generation}.error_groups g where g.project_id = f.project_id and g.linked = f.fingerprint
    union all
    select g.linked from {generation}.error_groups g
    where g.project_id = f.project_id and g.fingerprint = f.fingerprint and g.linked is not null
  ) o (fingerprint)
)
select p.slug, f.fingerprint from family f join argus.projects p on p.id = f.project_id;

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

-- name: incidents
select (to_jsonb(i) || jsonb_build_object(
  'project', p.slug, 'version', jsonb_build_array(i.epoch, i.writes),
  'opened_at', (extract(epoch from i.opened_at) * 1000)::bigint,
  'last_at', (extract(epoch from i.last_at) * 1000)::bigint,
  'status_at', (extract(epoch from i.status_at) * 1000)::bigint
))::text
from {generation}.incidents i
join argus.projects p on p.id = i.project_id
where (%(project)s::text is null or p.slug = %(project)s)
  and (%(statuses)s::text[] = '{}' or i.status = any (%(statuses)s::text[]))
  and (%(prefix)s::text is null or i.incident ^@ %(prefix)s)
  and i.last_at >= to_timestamp(%(since)s::bigint / 1000.0) and i.opened_at < to_timestamp(%(until)s::bigint / 1000.0)
order by i.last_at desc, p.slug, i.incident
limit %(limit)s;

-- name: analyses
select (to_jsonb(a) || jsonb_build_object(
  'project', p.slug, 'version', jsonb_build_array(a.epoch, a.writes),
  'at', (extract(epoch from a.at) * 1000)::bigint, 'again_at', (extract(epoch from a.again_at) * 1000)::bigint
))::text
from {generation}.analyses a
join argus.projects p on p.id = a.project_id
where (%(project)s::text is null or p.slug = %(project)s)
  and (%(subjects)s::text[] = '{}' or a.subject = any (%(subjects)s::text[]))
  and (%(prefixes)s::text[] = '{}'
    or exists (select from unnest(%(prefixes)s::text[]) as wanted (prefix) where a.subject ^@ wanted.prefix))
order by a.at desc, p.slug, a.subject
limit %(limit)s;

-- name: scores
select (to_jsonb(s) || jsonb_build_object(
  'project', p.slug, 'version', jsonb_build_array(s.epoch, s.writes),
  'at', (extract(epoch from s.created_at) * 1000)::bigint
))::text
from argus.projects p
cross join unnest(array['quality', 'risk']) with ordinality as wanted (score_type, place)
cross join lateral (
  select * from {generation}.quality_scores
  where project_id = p.id and score_type = wanted.score_type
    and created_at < to_timestamp(%(until)s::bigint / 1000.0)
  order by created_at desc
  limit 1
) s
where p.slug = %(project)s
order by wanted.place;

-- name: patterns
select jsonb_build_object(
  'project', p.slug, 'fingerprint', r.fingerprint, 'locator', r.original_selector, 'healed', r.healed_selector,
  'scope', r.scope, 'failure', r.error_type, 'source', r.source, 'version', jsonb_build_array(r.epoch, r.writes),
  'standing', r.standing, 'reason', r.reason, 'successes', r.success_count, 'failures', r.failure_count,
  'confidence', r.confidence, 'bound', r.bound, 'rule', r.rule, 'tests', r.tests, 'first_release', r.first_release,
  'last_release', r.last_release, 'created_at', (extract(epoch from r.created_at) * 1000)::bigint,
  'last_used_at', (extract(epoch from r.last_used_at) * 1000)::bigint, 'origin', r.origin
)::text
from {generation}.healing_patterns r
join argus.projects p on p.id = r.project_id
where (%(project)s::text is null or p.slug = %(project)s)
  and (%(standings)s::text[] = '{}' or r.standing = any (%(standings)s::text[]))
  and (%(prefix)s::text is null or r.fingerprint ^@ %(prefix)s)
order by r.last_used_at desc, p.slug, r.fingerprint
limit %(limit)s;

-- name: decisions
select (to_jsonb(d) || jsonb_build_object('project', p.slug, 'at', (extract(epoch from d.at) * 1000)::bigint))::text
from {generation}.healing_decisions d
join argus.projects p on p.id = d.project_id
where (%(project)s::text is null or p.slug = %(project)s)
  and (%(verdicts)s::text[] = '{}' or d.verdict = any (%(verdicts)s::text[]))
  and d.at >= to_timestamp(%(since)s::bigint / 1000.0) and d.at < to_timestamp(%(until)s::bigint / 1000.0)
order by d.at desc, p.slug, d.decision_id
limit %(limit)s;

-- name: spending
select jsonb_build_object(
  'by', a.by, 'reason', a.reason, 'tier', a.tier, 'verdict', a.verdict, 'analyses', count(*), 'cost', sum(a.cost)
)::text
from {generation}.analyses a
join argus.projects p on p.id = a.project_id
where p.slug = %(project)s
  and a.at >= to_timestamp(%(since)s::bigint / 1000.0) and a.at < to_timestamp(%(until)s::bigint / 1000.0)
group by a.by, a.reason, a.tier, a.verdict
order by sum(a.cost) desc, count(*) desc, a.by, a.reason, a.tier, a.verdict;

-- name: evidence_events
-- Of each group its first event and its newest ones.
select jsonb_build_object('project', p.slug, 'fingerprint', e.fingerprint, 'reason', e.reason, 'event', e.event)::text
from argus.projects p
cross join unnest(%(fingerprints)s::text[]) with ordinality as wanted (fingerprint, place)
cross join lateral (
  (select event_id, day from {generation}.production_events
  where project_id = p.id and fingerprint = wanted.fingerprint
  order by received_at, event_id desc limit 1)
  union
  (select event_id, day from {generation}.production_events
  where project_id = p.id and fingerprint = wanted.fingerprint
  order by received_at desc, event_id limit %(each)s - 1)
) k
join {generation}.production_events e on e.event_id = k.event_id and e.day = k.day
where p.slug = %(project)s
order by wanted.place, e.received_at desc, e.event_id;

-- name: evidence_others
-- Ids of events are hashes: in their order the first ones are a sample, the same one each time.
select jsonb_build_object('project', p.slug, 'fingerprint', e.fingerprint, 'reason', e.reason, 'event', e.event)::text
from argus.projects p
cross join lateral (
  select event_id, day from {generation}.production_events
  where project_id = p.id and day = any (%(days)s::date[]) and fingerprint <> all (%(fingerprints)s::text[])
  order by event_id, day
  limit %(limit)s
) k
join {generation}.production_events e on e.event_id = k.event_id and e.day = k.day
where p.slug = %(project)s
order by e.event_id, e.day;

-- name: evidence_similar
-- Of the groups that were resolved, so many of those that were seen last.
select g.fingerprint
from argus.projects p
cross join lateral (
  select * from {generation}.error_groups
  where project_id = p.id and status = 'resolved'
  order by last_seen desc
  limit %(among)s
) g
cross join lateral (
  select (g.type = any (%(types)s::text[]))::int as type, (g.culprit = any (%(culprits)s::text[]))::int as culprit,
    (g.service = any (%(services)s::text[]))::int as service
) alike
cross join lateral (
  select 2 * coalesce(alike.type, 0) + 2 * coalesce(alike.culprit, 0) + coalesce(alike.service, 0) as points
) likeness
where p.slug = %(project)s and likeness.points > 0 and g.fingerprint <> all (%(fingerprints)s::text[])
order by likeness.points desc, g.last_seen desc, g.fingerprint
limit %(limit)s;

-- name: evidence_candidates
-- Of the groups that nobody ignores, so many of those that were seen last.
select g.fingerprint
from argus.projects p
cross join lateral (
  select * from {generation}.error_groups
  where project_id = p.id
  order by last_seen desc
  limit %(among)s
) g
cross join lateral (
  select (g.type = any (%(types)s::text[]))::int as type, exists (
    select from jsonb_array_elements(g.parts) part
    where part ->> 0 = 'message' and part ->> 1 = any (%(messages)s::text[])
  )::int as message
) alike
cross join lateral (select coalesce(alike.type, 0) + 2 * alike.message as points) likeness
where p.slug = %(project)s and likeness.points > 0 and g.status <> 'ignored'
  and g.fingerprint <> all (%(fingerprints)s::text[])
order by likeness.points desc, g.last_seen desc, g.fingerprint
limit %(limit)s;

-- name: keep_report
insert into argus.reports (id, project_id, kind, subject, created_at, markdown, html)
select %(id)s, p.id, %(kind)s, %(subject)s, to_timestamp(%(created_at)s::bigint / 1000.0), %(markdown)s, %(html)s
from argus.projects p
where p.slug = %(project)s
on conflict (id) do update set id = excluded.id -- what is there stays, and counts as kept
returning id;

-- name: report
select jsonb_build_object(
  'id', r.id, 'project', p.slug, 'kind', r.kind, 'subject', r.subject,
  'created_at', (extract(epoch from r.created_at) * 1000)::bigint, 'markdown', r.markdown, 'html', r.html
)::text
from argus.reports r
join argus.projects p on p.id = r.project_id
where r.id = %(id)s;
