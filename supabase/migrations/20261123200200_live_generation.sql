-- The first generation is live from the start.
select argus.create_generation('argus_live');
update argus.generations set status = 'live' where name = 'argus_live';
select argus.create_partitions(7);
