-- What is found out about a project: incidents, analyses and scores, rows of a generation as its groups are; and reports,
-- which people pass on by their address, so that they outlive the generation that they were made from.

-- What a generation had before is a part of it now, under the name of what it holds.
alter function argus.create_generation(text) rename to create_problems;
alter function argus.delete_expired(int, text) rename to delete_expired_problems;
alter function argus.copy_history(text, text, date, timestamptz) rename to copy_problems;

-- The findings of a generation: a part of create_generation. (epoch, writes) is the version: a row only goes upwards.
create function argus.create_findings(generation text) returns void
language plpgsql set search_path = '' as $$
declare
  own constant text := 'project_id in (select project_id from argus.memberships where user_id = (select auth.uid()))';
begin
  perform set_config('search_path', quote_ident(generation), true); -- ends with this function

  create table incidents (
    project_id uuid not null references argus.projects on delete cascade,
    incident text collate "C" not null,
    epoch bigint not null,
    writes bigint not null,
    status text not null check (status in ('open', 'resolved', 'merged')),
    title text not null,
    severity text not null check (severity in ('fatal', 'error', 'warning', 'info', 'debug')),
    opened_at timestamptz not null, -- its earliest signal
    last_at timestamptz not null, -- its latest
    status_at timestamptz,
    status_by text,
    reason text not null, -- why it has this status
    merged_into text,
    services text[] not null,
    environments text[] not null,
    groups text[] not null, -- fingerprints
    signals bigint not null, -- how many there are; members tells the first of them
    causes jsonb not null,
    members jsonb not null,
    links jsonb not null,
    replayed boolean not null,
    updated_at timestamptz not null default now(),
    primary key (project_id, incident)
  );
  create index on incidents (project_id, last_at desc);
  create index on incidents (incident);

  create table analyses (
    project_id uuid not null references argus.projects on delete cascade,
    subject text collate "C" not null, -- a fingerprint, an incident, or two fingerprints with a plus between them
    epoch bigint not null,
    writes bigint not null,
    kind text not null check (kind in ('group', 'incident', 'merge')),
    at timestamptz not null, -- when it was decided
    evidence text not null, -- hash of what it is based on
    by text not null check (by in ('model', 'rules')),
    reason text not null, -- code of the decision
    title text not null,
    summary text not null,
    doubt text not null,
    claims jsonb not null,
    facts jsonb not null,
    tier text check (tier in ('small', 'middle', 'large')),
    provider text,
    model text,
    prompt text,
    agrees boolean,
    tokens jsonb not null,
    cost bigint not null, -- billionths of a dollar
    joined bigint not null, -- subjects that the same call explained
    verdict text check (verdict in ('accepted', 'rejected')),
    verdict_by text,
    again_at timestamptz,
    updated_at timestamptz not null default now(),
    primary key (project_id, subject)
  );
  create index on analyses (project_id, at desc);
  create index on analyses (subject);

  -- The last score of each five minutes.
  create table quality_scores (
    project_id uuid not null references argus.projects on delete cascade,
    score_type text not null check (score_type in ('quality', 'risk')),
    span timestamptz not null, -- when its five minutes began
    created_at timestamptz not null, -- Kafka's time
    epoch bigint not null,
    writes bigint not null,
    value double precision not null, -- 0 to 100
    parts jsonb not null, -- what each factor does to it
    primary key (project_id, score_type, span)
  );
  create index on quality_scores (project_id, score_type, created_at desc);

  -- Where similar problems that were solved are looked for.
  create index on error_groups (project_id, last_seen desc) where status = 'resolved';

  perform argus.let_members_read('incidents', own);
  perform argus.let_members_read('analyses', own);
  perform argus.let_members_read('quality_scores', own);
end $$;

create function argus.create_generation(generation text) returns void
language plpgsql set search_path = '' as $$
begin
  perform argus.create_problems(generation);
  perform argus.create_findings(generation);
end $$;

-- One page about an incident or a week, as it was when it was made.
create table argus.reports (
  id text primary key,
  project_id uuid not null references argus.projects on delete cascade,
  kind text not null check (kind in ('incident', 'week')),
  subject text not null, -- the incident, or the first day of the week
  created_at timestamptz not null,
  markdown text not null,
  html text not null
);
create index on argus.reports (project_id, created_at desc);
select argus.let_members_read('argus.reports',
  'project_id in (select project_id from argus.memberships where user_id = (select auth.uid()))');

-- Deletes findings that are as old: incidents since they are over, analyses, scores and reports. Returns the number of
-- rows. An open incident stays, however quiet it is.
create function argus.delete_expired_findings(older_than_days int, generation text) returns bigint
language plpgsql set search_path = '' as $$
declare
  oldest constant timestamptz := (((now() at time zone 'UTC')::date - older_than_days)::timestamp) at time zone 'UTC';
  deleted bigint;
  total bigint;
begin
  delete from argus.reports where created_at < oldest;
  get diagnostics total = row_count;
  execute format('delete from %I.incidents where status <> ''open'' and greatest(last_at, status_at) < $1', generation)
    using oldest;
  get diagnostics deleted = row_count;
  total := total + deleted;
  execute format('delete from %I.analyses where at < $1', generation) using oldest;
  get diagnostics deleted = row_count;
  total := total + deleted;
  execute format('delete from %I.quality_scores where created_at < $1', generation) using oldest;
  get diagnostics deleted = row_count;
  return total + deleted;
end $$;

-- Deletes what is too old outside the partitions. Returns the number of rows.
create function argus.delete_expired(older_than_days int, generation text default 'argus_live') returns bigint
language sql set search_path = '' as $$
  select argus.delete_expired_problems(older_than_days, generation)
    + argus.delete_expired_findings(older_than_days, generation);
$$;

-- Copies the findings of one day before `until`, below every version that the new generation will write. An incident is
-- copied once it is over: one that is open its own generation would have to close. Twice is once. Returns the number of
-- rows.
create function argus.copy_findings(source text, target text, wanted date, until timestamptz) returns bigint
language plpgsql set search_path = '' as $$
declare
  since constant timestamptz := wanted::timestamp at time zone 'UTC';
  ahead constant timestamptz := least(until, (wanted + 1)::timestamp at time zone 'UTC');
  copied bigint;
  total bigint;
begin
  execute format('insert into %I.incidents
    select zeroth.* from %I.incidents own
    cross join lateral jsonb_populate_record(own, ''{"epoch": 0, "writes": 0}'') zeroth
    where own.last_at >= $1 and own.last_at < $2 and own.status <> ''open'' on conflict do nothing', target, source)
    using since, ahead;
  get diagnostics total = row_count;
  execute format('insert into %I.analyses
    select zeroth.* from %I.analyses own
    cross join lateral jsonb_populate_record(own, ''{"epoch": 0, "writes": 0}'') zeroth
    where own.at >= $1 and own.at < $2 on conflict do nothing', target, source) using since, ahead;
  get diagnostics copied = row_count;
  total := total + copied;
  execute format('insert into %I.quality_scores
    select zeroth.* from %I.quality_scores own
    cross join lateral jsonb_populate_record(own, ''{"epoch": 0, "writes": 0}'') zeroth
    where own.created_at >= $1 and own.created_at < $2 on conflict do nothing', target, source) using since, ahead;
  get diagnostics copied = row_count;
  return total + copied;
end $$;

-- Copies what was stored of one day before `until` from one generation to another. Twice is once. Returns the number of
-- rows.
create function argus.copy_history(source text, target text, wanted date, until timestamptz) returns bigint
language sql set search_path = '' as $$
  select argus.copy_problems(source, target, wanted, until) + argus.copy_findings(source, target, wanted, until);
$$;

do $$
declare
  generation text;
begin
  for generation in select name from argus.generations loop
    perform argus.create_findings(generation);
  end loop;
end $$;

revoke execute on all functions in schema argus from public;
