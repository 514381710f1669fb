const ADMIN = '00000000-0000-4000-8000-000000000002'

/** What an event or tag says of a thing, by CloudStack's name of its kind: whose it is and what it is called. */
export type ThingFacts = readonly [kinds: readonly string[], from: string, account: string, name: string]

export const facts: readonly ThingFacts[] = [
  [['VirtualMachine', 'UserVm'], 'guest t', 't.account', 't.name'],
  [['Network'], 'network t', 't.account', 't.name'],
  [['Vpc'], 'vpc t', 't.account', 't.name'],
  [['IpAddress', 'PublicIpAddress'], 'public_ip t', 't.account', 'host(t.address)'],
  [
    ['DomainRouter'],
    'router t left join network on network.id = t.network left join vpc on vpc.id = t.vpc',
    'coalesce(network.account, vpc.account)',
    `'r-' || t.number || '-VM'`,
  ],
  [['FirewallRule'], 'firewall_rule t join network on network.id = t.network', 'network.account', 'null'],
  [
    ['PortForwardingRule', 'IpForwardingRule'],
    'ip_rule t join public_ip on public_ip.id = t.public_ip',
    'public_ip.account',
    'host(public_ip.address)',
  ],
  [
    ['LoadBalancerRule', 'LoadBalancer', 'LoadBalancerCert'],
    'load_balancer_rule t join network on network.id = t.network',
    'network.account',
    't.name',
  ],
  [['NetworkACL', 'NetworkACLList'], 'network_acl_list t left join vpc on vpc.id = t.vpc', 'vpc.account', 't.name'],
  [['StaticRoute'], 'static_route t join vpc on vpc.id = t.vpc', 'vpc.account', 't.cidr::text'],
  [['PrivateGateway'], 'private_gateway t join vpc on vpc.id = t.vpc', 'vpc.account', 'host(t.address)'],
  [['SSHKeyPair'], 'ssh_keypair t', 't.account', 't.name'],
  [['UserData'], 'user_data t', 't.account', 't.name'],
  [['SslCert'], 'ssl_cert t', 't.account', 't.name'],
  [['AffinityGroup'], 'affinity_group t', 't.account', 't.name'],
  [['InstanceGroup'], 'instance_group t', 't.account', 't.name'],
  [['SecurityGroup'], 'security_group t', 't.account', 't.name'],
  [['Template', 'Iso'], 'template t', 't.account', 't.name'],
  [['Project'], 'project t', 't.account', 't.name'],
  [['Account'], 'account t', 't.id', 't.name'],
  [['User'], 'cloud_user t', 't.account', 't.username'],
  [['Domain'], 'domain t', 'null::uuid', 't.path'],
  ...[
    ['Zone', 'zone'],
    ['Pod', 'pod'],
    ['Cluster', 'cluster'],
    ['Host', 'host'],
    ['Role', 'role'],
    ['PhysicalNetwork', 'physical_network'],
    ['ServiceOffering', 'service_offering'],
    ['DiskOffering', 'disk_offering'],
    ['NetworkOffering', 'network_offering'],
    ['VpcOffering', 'vpc_offering'],
  ].map(([kind = '', table = '']) => [[kind], `${table} t`, 'null::uuid', 't.name'] as const),
]

const list = (kinds: readonly string[]): string => kinds.map((kind) => `'${kind}'`).join(', ')

/** The body of the function that tells these facts. */
export const factsFunction = (all: readonly ThingFacts[]): string =>
  `function thing_facts(kind text, thing uuid, out account uuid, out name text) language plpgsql stable as $$
     begin
       case
       ${all
         .map(
           ([kinds, from, account, name]) =>
             `when kind in (${list(kinds)}) then
                select ${account}, ${name} into thing_facts.account, thing_facts.name from ${from} where t.id = thing;`,
         )
         .join('\n')}
       else null;
       end case;
     end $$`

export const eventStatements = [
  // What each command's event is; every start writes it anew.
  `create table command_event (
     cmd text primary key,
     type text not null,
     resource text not null,
     words text not null)`,

  // No foreign keys: what happened to things and accounts outlives them.
  `create table event (
     id uuid primary key default gen_random_uuid(),
     account uuid not null default '${ADMIN}',
     cloud_user uuid,
     username text not null default 'system',
     type text not null,
     level text not null default 'INFO' check (level in ('INFO', 'WARN', 'ERROR')),
     state text not null default 'Completed' check (state in ('Created', 'Scheduled', 'Started', 'Completed')),
     description text not null,
     resource uuid,
     resource_type text,
     resource_name text,
     parent uuid,
     archived boolean not null default false,
     created timestamptz not null default clock_timestamp())`,
  // Lists are in this order, a page at a time.
  `create index event_order on event (created desc, id desc) where not archived`,
  `create index event_archived on event (created desc, id desc) where archived`,
  ...['account', 'level', 'resource_type', 'state', 'type'].map(
    (column) => `create index event_${column} on event (${column}, created desc, id desc) where not archived`,
  ),
  `create index event_resource on event (resource, created desc, id desc)`,
  `create extension if not exists pg_trgm`,
  `create index event_words on event using gin ((type || ' ' || level || ' ' || description) gin_trgm_ops)`,
  `create index event_parent on event (parent)`,

  `create ${factsFunction(facts)}`,

  `create function cut(sentence text) returns text language sql immutable as $$ select left(sentence, 1000) $$`,

  // A job tells when it was made and how it ended, in the transaction that makes and ends it, whoever that is.
  `create function event_of_job() returns trigger language plpgsql as $$
     declare
       what command_event;
       thing uuid := coalesce(new.instance, new.target);
       kind text;
       whose uuid;
       called text;
       who text;
     begin
       select * into what from command_event where cmd = new.cmd;
       if not found then return null; end if;
       kind := coalesce(new.jobinstancetype, what.resource);
       if tg_op = 'UPDATE' then
         select account, resource_name into whose, called from event where id = new.id;
       end if;
       if whose is null then
         select facts.account, facts.name into whose, called from thing_facts(kind, thing) facts;
       end if;
       select username into who from cloud_user where id = new.cloud_user;
       insert into event (id, account, cloud_user, username, type, level, state, description,
                          resource, resource_type, resource_name, parent)
       values (
         case when tg_op = 'INSERT' then new.id else gen_random_uuid() end,
         coalesce(whose, new.account), new.cloud_user, coalesce(who, 'system'), what.type,
         case new.jobstatus when 2 then 'ERROR' when 3 then 'WARN' else 'INFO' end,
         case when new.jobstatus = 0 then 'Scheduled' else 'Completed' end,
         cut(what.words || coalesce(' ' || called, '') || case new.jobstatus
           when 0 then ': scheduled' when 1 then ': done' when 3 then ': cancelled'
           else ': failed: ' || coalesce(new.jobresult ->> 'errortext', 'the log of the manager says why') end),
         thing, kind, called, case when tg_op = 'UPDATE' then new.id end);
       return null;
     end $$`,
  `create trigger async_job_made after insert on async_job for each row execute function event_of_job()`,
  `create trigger async_job_ended after update of jobstatus on async_job for each row
     when (old.jobstatus = 0 and new.jobstatus <> 0) execute function event_of_job()`,

  // Commands that are done when they answer.
  `create function record_event(the_cmd text, by uuid, by_name text, by_account uuid, thing uuid, error text)
     returns void language sql as $$
     insert into event (account, cloud_user, username, type, level, description, resource, resource_type, resource_name)
     select coalesce(facts.account, by_account), by, by_name, what.type,
            case when error is null then 'INFO' else 'ERROR' end,
            cut(what.words || coalesce(' ' || facts.name, '') || coalesce(': failed: ' || error, ': done')),
            thing, what.resource, facts.name
     from command_event what, thing_facts(what.resource, thing) facts where what.cmd = the_cmd $$`,
]

/** What nobody asked for. */
export const stateStatements = [
  `create function event_of_state(kind text, what text, thing uuid, called text, severity text, sentence text)
     returns void language sql as $$
     insert into event (account, type, level, description, resource, resource_type, resource_name)
     select coalesce(facts.account, '${ADMIN}'), what, severity, cut(sentence), thing, kind, called
     from thing_facts(kind, thing) facts $$`,

  `create function record_host_state() returns trigger language plpgsql as $$
     begin
       perform event_of_state('Host', 'HOST.STATE', new.id, new.name,
         case when new.state = 'Down' or new.resourcestate like 'ErrorIn%' then 'ERROR'
              when new.state = 'Alert' then 'WARN' else 'INFO' end,
         format('host %s was %s, %s and is %s, %s', new.name, old.state, old.resourcestate, new.state, new.resourcestate)
           || coalesce(': ' || new.reason, ''));
       if new.state in ('Down', 'Alert') then
         perform raise_alert(7, new.id::text, format('Host %s is %s', new.name, new.state),
           coalesce(new.reason, 'It does not answer.'), pod.zone, pod.id)
         from cluster join pod on pod.id = cluster.pod where cluster.id = new.cluster;
       elsif new.state in ('Up', 'Removed') then
         perform resolve_alert(7, new.id::text);
       end if;
       return null;
     end $$`,
  `create trigger host_state after update of state, resourcestate on host for each row
     when (old.state is distinct from new.state or old.resourcestate is distinct from new.resourcestate)
     execute function record_host_state()`,

  `create function record_router_state() returns trigger language plpgsql as $$
     declare called text := 'r-' || new.number || '-VM';
     begin
       if new.state = 'Error' or (old.state = 'Running' and new.desired = 'Running'
           and new.state not in ('Stopping', 'Migrating') and new.reboots_wanted = old.reboots_done) then
         perform event_of_state('DomainRouter', 'ROUTER.STATE', new.id, called,
           case new.state when 'Error' then 'ERROR' else 'WARN' end,
           format('router %s was %s and is %s', called, old.state, new.state) || coalesce(': ' || new.reason, ''));
       end if;
       if new.state = 'Error' then
         perform raise_alert(9, new.id::text, format('Router %s is in error', called),
           coalesce(new.reason, 'See its log.'), new.zone, null);
       elsif new.state in ('Running', 'Stopped', 'Destroyed') then
         perform resolve_alert(9, new.id::text);
       end if;
       return null;
     end $$`,
  `create trigger router_state after update of state on router for each row
     when (old.state is distinct from new.state) execute function record_router_state()`,

  `create function record_guest_state() returns trigger language plpgsql as $$
     begin
       perform event_of_state('VirtualMachine', 'VM.STATE', new.id, new.name,
         case new.state when 'Error' then 'ERROR' else 'WARN' end,
         format('virtual machine %s was %s and is %s', new.name, old.state, new.state) || coalesce(': ' || new.reason, ''));
       return null;
     end $$`,
  `create trigger guest_state after update of state on guest for each row
     when (old.state is distinct from new.state and (new.state = 'Error' or (old.state = 'Running'
       and new.desired = 'Running' and new.state not in ('Stopping', 'Migrating') and new.reboots_wanted = old.reboots_done)))
     execute function record_guest_state()`,

  // Its own sessions carry its id: who is declared dead by another one did not end by itself.
  `create function record_manager_state() returns trigger language plpgsql as $$
     declare lost boolean := new.state = 'Down' and position(new.id::text in current_setting('application_name')) = 0;
     begin
       insert into event (type, level, description, resource, resource_type, resource_name)
       values ('MANAGEMENT.SERVER.STATE', case when lost then 'ERROR' else 'INFO' end,
         format('management server %s (%s) %s', new.name, new.address,
           case when new.state = 'Up' then 'is up' when lost then 'is lost: others take over its hosts' else 'ended' end),
         new.id, 'ManagementServer', new.name);
       if lost then
         perform raise_alert(14, new.name, format('Management server %s is lost', new.name),
           format('%s did not renew its lease since %s.', new.address, new.heartbeat), null, null);
       elsif new.state = 'Up' then perform resolve_alert(14, new.name);
       end if;
       return null;
     end $$`,
  `create trigger manager_new after insert on manager for each row execute function record_manager_state()`,
  `create trigger manager_state after update of state on manager for each row
     when (old.state is distinct from new.state) execute function record_manager_state()`,

  // A session that nobody used any more ends as one that its user closes.
  `create function record_session() returns trigger language plpgsql as $$
     declare session session := case when tg_op = 'INSERT' then new else old end;
     begin
       insert into event (account, cloud_user, username, type, description, resource, resource_type, resource_name)
       select account, id, username, case tg_op when 'INSERT' then 'USER.LOGIN' else 'USER.LOGOUT' end,
         format(case tg_op when 'INSERT' then 'user %s logged in from %s' else 'the session of user %s from %s ended' end,
           username, host(session.address)), id, 'User', username
       from cloud_user where id = session.cloud_user;
       return null;
     end $$`,
  `create trigger session_record after insert or delete on session for each row execute function record_session()`,
]
