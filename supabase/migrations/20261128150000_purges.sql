-- What was purged of each project, so that nothing of before comes back, whatever is read again or told late.

-- The purges of a generation: a part of create_generation. Times are ms since 1970, as Kafka tells them.
create function argus.create_purges(generation text) returns void
language plpgsql set search_path = '' as $$
begin
  perform set_config('search_path', quote_ident(generation), true); -- ends with this function

  create table purges (
    kind text not null check (kind in ('groups', 'incidents', 'analyses', 'scores', 'patterns')), -- whose owner forgot it
    project text not null, -- the slug: a project that is gone has no row
    partition int not null, -- of the state: of groups, which lie in several; else 0
    asked bigint not null, -- when it was ordered
    until bigint not null, -- up to which all is gone
    epoch bigint not null, -- (epoch, writes): the version up to which snapshots are gone
    writes bigint not null,
    entered_at timestamptz not null default now(),
    primary key (kind, project, partition)
  );
  create index on purges (project);
  alter table purges enable row level security; -- no policy: it is for STORE and audits
end $$;

create or replace function argus.create_generation(generation text) returns void
language plpgsql set search_path = '' as $$
begin
  perform argus.create_problems(generation);
  perform argus.create_findings(generation);
  perform argus.create_healing(generation);
  perform argus.create_purges(generation);
end $$;

do $$
declare
  generation text;
begin
  for generation in select name from argus.generations loop
    perform argus.create_purges(generation);
  end loop;
end $$;

revoke execute on all functions in schema argus from public;
