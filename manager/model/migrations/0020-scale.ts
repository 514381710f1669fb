import { type Kysely, sql } from 'kysely'

/** Each filter has an index that is in the order of the list, so that a page is read from it and nothing is sorted. */
const ordered: Readonly<Record<string, readonly string[]>> = {
  host: ['state', 'resourcestate', 'name'],
  guest: ['account', 'zone', 'state', 'offering', 'template', 'name'],
  network: ['account', 'zone'],
  vpc: ['account'],
  firewall_rule: ['kind', 'network'],
  load_balancer_rule: ['scheme', 'network', 'name'],
  user_data: ['account'],
  ssh_keypair: ['account'],
}

/** Columns in which a keyword is looked for anywhere; three letters of it and more are found by an index. */
const texts: Readonly<Record<string, readonly string[]>> = {
  host: ['name'],
  guest: ['name', 'displayname'],
  network: ['name'],
  account: ['name'],
  cloud_user: ['username', 'firstname', 'lastname', 'email'],
  async_job: ['cmd'],
  load_balancer_rule: ['name'],
  network_acl: ['reason'],
  resource_tag: ['key', 'value'],
}

/** Their columns begin one of the above. */
const replaced = [
  'guest_account',
  'guest_zone',
  'network_account',
  'network_zone',
  'vpc_account',
  'async_job_account',
].concat(['load_balancer_rule_network', 'user_data_account', 'ssh_keypair_account'])

const statements = [
  `alter table cluster drop constraint cluster_hypervisor_check`,
  `alter table cluster add constraint cluster_hypervisor_check check (hypervisor in ('KVM', 'Container', 'Simulator'))`,
  `create extension if not exists pg_trgm`,
  ...replaced.map((index) => `drop index if exists ${index}`),
  ...Object.entries(ordered).flatMap(([table, columns]) =>
    columns.map((column) => `create index ${table}_by_${column} on ${table} (${column}, created, id)`),
  ),
  ...Object.entries(texts).map(
    ([table, columns]) =>
      `create index ${table}_text on ${table} using gin (${columns.map((column) => `${column} gin_trgm_ops`).join(', ')})`,
  ),
  `create index guest_keypairs on guest using gin (keypairs)`,
  `create index firewall_rule_kind_network on firewall_rule (kind, network)`,
  `create index async_job_newest on async_job (created desc, id)`,
  `create index async_job_newest_of on async_job (account, created desc, id)`,
  `create index network_acl_list_order on network_acl_list (created, id)`,
  `create index account_order on account (created, id)`,
  `create index cloud_user_order on cloud_user (created, id)`,
  `create index resource_tag_by_key on resource_tag (created, key, id)`,
  `create index resource_detail_by_key on resource_detail (created, key, id)`,
  `create index load_balancer_rule_order on load_balancer_rule (created, id)`,
  `create index public_ip_order on public_ip (address, id)`,
  `create index public_ip_allocated on public_ip (address, id) where allocated is not null`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
