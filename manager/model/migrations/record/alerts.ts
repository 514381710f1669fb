export const alertStatements = [
  `create table alert (
     id uuid primary key default gen_random_uuid(),
     type smallint not null,
     subject text not null,
     name text not null,
     description text not null,
     zone uuid,
     pod uuid,
     archived boolean not null default false,
     sent timestamptz not null default clock_timestamp(),
     resolved timestamptz)`,
  // Raised once: until it is resolved, the same again is no news.
  `create unique index alert_open on alert (type, subject) where resolved is null`,
  `create index alert_order on alert (sent desc, id desc)`,

  `create function raise_alert(what integer, about text, called text, sentence text, in_zone uuid, in_pod uuid)
     returns void language sql as $$
     insert into alert (type, subject, name, description, zone, pod)
     values (what, about, left(called, 255), left(sentence, 1000), in_zone, in_pod)
     on conflict (type, subject) where resolved is null do nothing $$`,
  `create function resolve_alert(what integer, about text) returns void language sql as $$
     update alert set resolved = clock_timestamp() where type = what and subject = about and resolved is null $$`,

  // What is gone is nobody's trouble any more.
  `create function resolve_alerts_of_gone() returns trigger language plpgsql as $$
     begin
       update alert set resolved = clock_timestamp() where subject = old.id::text and resolved is null;
       return null;
     end $$`,
  ...['host', 'router', 'guest'].map(
    (table) =>
      `create trigger ${table}_gone after delete on ${table} for each row execute function resolve_alerts_of_gone()`,
  ),

  // What cannot be made as it is wanted, three times running: once is a hiccup.
  `create function record_failures() returns trigger language plpgsql as $$
     begin
       if tg_op = 'DELETE' then
         if old.kind in ('router', 'guest') then
           perform resolve_alert(case old.kind when 'router' then 9 else 8 end, old.target || '/failing');
         end if;
         return null;
       end if;
       if new.kind = 'router' then
         perform raise_alert(9, new.target || '/failing', format('Router r-%s-VM is not as it should be', router.number),
           coalesce(router.reason, new.code), router.zone, null) from router where router.id = new.target;
       elsif new.kind = 'guest' then
         perform raise_alert(8, new.target || '/failing', format('Virtual machine %s is not as it should be', guest.name),
           coalesce(guest.reason, new.code), guest.zone, null) from guest where guest.id = new.target;
       end if;
       return null;
     end $$`,
  `create trigger backoff_failing after update of failures on backoff for each row
     when (new.failures = 3 and old.failures < 3) execute function record_failures()`,
  `create trigger backoff_over after delete on backoff for each row execute function record_failures()`,

  // Which manager did what last; one of them does it each time.
  `create table record_task (name text primary key, done timestamptz not null default now())`,
]
