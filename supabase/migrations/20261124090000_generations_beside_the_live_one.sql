-- What `argus replay` knows of a generation. Which one is live, readers ask here, in the transaction that reads.
alter table argus.generations
  add column from_time timestamptz, -- the inputs are read again from here on; null = the first, which read them all
  add column starts jsonb not null default '[]', -- [topic, its id, partition, offset] of each input partition
  add column seeded bigint not null default 0, -- groups whose history before from_time was taken over
  add column ready_at timestamptz, -- its workers may start
  add column live_at timestamptz; -- when it was last made live
update argus.generations set ready_at = created_at, live_at = created_at where status = 'live';

-- Makes readers see this generation, and retires the one that they saw, whose name is returned; null = it was this one.
create function argus.promote_generation(generation text) returns text language plpgsql set search_path = '' as $$
declare
  former text;
begin
  perform pg_advisory_xact_lock(hashtextextended('argus generations', 0));
  perform from argus.generations where name = generation and ready_at is not null;
  if not found then
    raise exception 'no generation % is ready', generation using errcode = 'no_data_found';
  end if;
  update argus.generations set status = 'retired' where status = 'live' and name <> generation returning name into former;
  update argus.generations set status = 'live', live_at = now() where name = generation and status <> 'live';
  return former;
end $$;

-- Drops a generation's tables and all that is known of it; of the live one it drops nothing.
create function argus.drop_generation(generation text) returns void language plpgsql set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('argus generations', 0));
  perform from argus.generations where name = generation and status = 'live';
  if found then
    raise exception 'generation % is live', generation using errcode = 'object_in_use';
  end if;
  perform from argus.generations where name = generation;
  if found then -- else no schema of this name is ours to drop
    execute format('drop schema if exists %I cascade', generation);
    delete from argus.generations where name = generation;
  end if;
end $$;

-- Copies what was stored of one day before `until`: kept events and counts by hour, and letters about input records
-- that lie before the starts of the new generation. Twice is once. Returns the number of rows.
create function argus.copy_history(source text, target text, wanted date, until timestamptz) returns bigint
language plpgsql set search_path = '' as $$
declare
  since constant timestamptz := wanted::timestamp at time zone 'UTC';
  ahead constant timestamptz := least(until, (wanted + 1)::timestamp at time zone 'UTC');
  copied bigint;
  total bigint := 0;
begin
  perform argus.create_partition(target, wanted);
  execute format('insert into %I.production_events select * from %I.production_events
    where day = $1 and received_at < $2 on conflict do nothing', target, source) using wanted, until;
  get diagnostics total = row_count;
  execute format('insert into %I.group_counts select * from %I.group_counts
    where hour >= $1 and hour < $2 on conflict do nothing', target, source) using since, ahead;
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

revoke execute on all functions in schema argus from public;
