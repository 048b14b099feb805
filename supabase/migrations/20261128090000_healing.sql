-- What is known of repairs of broken locators, and what was decided about each broken one: rows of a generation as its
-- groups are.

-- The repairs of a generation: a part of create_generation. (epoch, writes) is the version: a row only goes upwards.
create function argus.create_healing(generation text) returns void
language plpgsql set search_path = '' as $$
declare
  own constant text := 'project_id in (select project_id from argus.memberships where user_id = (select auth.uid()))';
begin
  perform set_config('search_path', quote_ident(generation), true); -- ends with this function

  create table healing_patterns (
    id uuid primary key default gen_random_uuid(),
    fingerprint text collate "C" unique not null, -- of project, scope, locator, failure and healed locator
    original_selector text not null,
    healed_selector text not null,
    error_type text not null check (error_type in
      ('not_found', 'ambiguous', 'not_usable', 'assertion', 'network', 'crash', 'bad_locator', 'other')),
    success_count bigint not null default 1,
    failure_count bigint not null default 0,
    last_used_at timestamptz not null default now(),
    confidence numeric generated always as ( -- the published ratio; decisions go by the bound
      success_count::numeric / greatest(success_count::numeric + failure_count, 1)
    ) stored,
    project_id uuid not null references argus.projects on delete cascade,
    created_at timestamptz not null default now(),
    scope text not null, -- page or component
    source text not null check (source in
      ('pin', 'pattern', 'rule', 'cross_test_learning', 'similarity', 'model')), -- whence it was proposed first
    standing text not null check (standing in ('active', 'suppressed', 'vetoed', 'pinned')),
    reason text not null, -- why it stands so
    bound double precision not null, -- the lower bound of its rate of success
    rule text, -- the rename that explains it
    tests text[] not null, -- that it was used in, the first of them
    first_release text,
    last_release text,
    origin jsonb, -- where that of which it was learned last stands in Kafka
    epoch bigint not null,
    writes bigint not null,
    updated_at timestamptz not null default now()
  );
  create index on healing_patterns (project_id, last_used_at desc);
  create index on healing_patterns (project_id, original_selector);

  create table healing_decisions (
    project_id uuid not null references argus.projects on delete cascade,
    decision_id text collate "C" not null,
    failure_id text not null,
    at timestamptz not null, -- Kafka's time of what was decided on
    verdict text not null check (verdict in ('apply', 'validate', 'ask', 'refuse')),
    reason text not null, -- code of the decision
    detail text not null,
    test text not null,
    file text,
    line bigint,
    locator text not null,
    scope text not null,
    failure text not null,
    healed text,
    source text,
    confidence double precision not null,
    pattern text,
    proposals jsonb not null,
    repository text,
    commit text,
    release text,
    replayed boolean not null,
    created_at timestamptz not null default now(),
    primary key (project_id, decision_id)
  );
  create index on healing_decisions (project_id, at desc);

  -- Models choose among elements, too, and what that costs is told with all other analyses.
  alter table analyses drop constraint analyses_kind_check;
  alter table analyses add constraint analyses_kind_check check (kind in ('group', 'incident', 'merge', 'repair'));

  perform argus.let_members_read('healing_patterns', own);
  perform argus.let_members_read('healing_decisions', own);
end $$;

create or replace function argus.create_generation(generation text) returns void
language plpgsql set search_path = '' as $$
begin
  perform argus.create_problems(generation);
  perform argus.create_findings(generation);
  perform argus.create_healing(generation);
end $$;

-- Deletes decisions about broken locators that are as old; what was learned of them stays. Returns the number of rows.
create function argus.delete_expired_healing(older_than_days int, generation text) returns bigint
language plpgsql set search_path = '' as $$
declare
  oldest constant timestamptz := (((now() at time zone 'UTC')::date - older_than_days)::timestamp) at time zone 'UTC';
  deleted bigint;
begin
  execute format('delete from %I.healing_decisions where at < $1', generation) using oldest;
  get diagnostics deleted = row_count;
  return deleted;
end $$;

create or replace function argus.delete_expired(older_than_days int, generation text default 'argus_live')
returns bigint
language sql set search_path = '' as $$
  select argus.delete_expired_problems(older_than_days, generation)
    + argus.delete_expired_findings(older_than_days, generation)
    + argus.delete_expired_healing(older_than_days, generation);
$$;

-- Copies the decisions of one day before `until`; what is known of repairs is taken over through Kafka. Twice is once.
-- Returns the number of rows.
create function argus.copy_healing(source text, target text, wanted date, until timestamptz) returns bigint
language plpgsql set search_path = '' as $$
declare
  since constant timestamptz := wanted::timestamp at time zone 'UTC';
  ahead constant timestamptz := least(until, (wanted + 1)::timestamp at time zone 'UTC');
  copied bigint;
begin
  execute format('insert into %I.healing_decisions select own.* from %I.healing_decisions own
    where own.at >= $1 and own.at < $2 on conflict do nothing', target, source) using since, ahead;
  get diagnostics copied = row_count;
  return copied;
end $$;

create or replace function argus.copy_history(source text, target text, wanted date, until timestamptz) returns bigint
language sql set search_path = '' as $$
  select argus.copy_problems(source, target, wanted, until) + argus.copy_findings(source, target, wanted, until)
    + argus.copy_healing(source, target, wanted, until);
$$;

do $$
declare
  generation text;
begin
  for generation in select name from argus.generations loop
    perform argus.create_healing(generation);
  end loop;
end $$;

revoke execute on all functions in schema argus from public;
