import { type Kysely, sql } from 'kysely'

const ROOT = '00000000-0000-4000-8000-000000000001'
const ADMIN = '00000000-0000-4000-8000-000000000002'

/** Things that an account owns. */
const owned = ['guest', 'network', 'vpc', 'ssh_keypair', 'user_data', 'ssl_cert', 'template', 'async_job']

const statements = [
  `create table domain (
     id uuid primary key default gen_random_uuid(),
     parent uuid references domain,
     name text not null check (name <> '' and name not like '%/%'),
     path text not null unique,
     networkdomain text,
     state text not null default 'Active' check (state in ('Active', 'Inactive')),
     created timestamptz not null default now(),
     unique (parent, name),
     check ((parent is null) = (path = 'ROOT')))`,
  `create index domain_beneath on domain (path text_pattern_ops)`,

  `create table role (
     id uuid primary key default gen_random_uuid(),
     name text not null unique check (name <> ''),
     type text not null check (type in ('Admin', 'ResourceAdmin', 'DomainAdmin', 'User')),
     description text not null default '',
     isdefault boolean not null default false,
     ispublic boolean not null default true,
     state text not null default 'enabled' check (state in ('enabled', 'disabled')),
     created timestamptz not null default now(),
     unique (id, type))`,
  `create table role_permission (
     id uuid primary key default gen_random_uuid(),
     role uuid not null references role on delete cascade,
     rule text not null check (rule ~ '^[A-Za-z0-9*]+$'),
     permission text not null check (permission in ('allow', 'deny')),
     description text not null default '',
     sort_order integer not null,
     unique (role, rule),
     constraint role_permission_order unique (role, sort_order) deferrable initially deferred)`,

  `create table account (
     id uuid primary key default gen_random_uuid(),
     domain uuid not null references domain,
     name text not null check (name <> ''),
     type text not null check (type in ('User', 'Admin', 'DomainAdmin', 'ResourceAdmin', 'Project')),
     role uuid references role,
     state text not null default 'enabled' check (state in ('enabled', 'disabled', 'locked')),
     networkdomain text,
     default_zone uuid references zone,
     created timestamptz not null default now(),
     unique (domain, name),
     unique (id, domain),
     check ((type = 'Project') = (role is null)))`,
  `create index account_role on account (role)`,

  `create table cloud_user (
     id uuid primary key default gen_random_uuid(),
     account uuid not null,
     domain uuid not null,
     username text not null check (username <> ''),
     firstname text not null,
     lastname text not null,
     email text not null,
     timezone text,
     state text not null default 'enabled' check (state in ('enabled', 'disabled', 'locked')),
     password_hash text,
     api_key text unique,
     secret_key_sealed text,
     created timestamptz not null default now(),
     foreign key (account, domain) references account (id, domain) on delete cascade,
     unique (domain, username),
     check ((api_key is null) = (secret_key_sealed is null)))`,
  `create index cloud_user_account on cloud_user (account)`,

  `create table project (
     id uuid primary key default gen_random_uuid(),
     account uuid not null unique,
     domain uuid not null references domain,
     name text not null check (name <> ''),
     displaytext text not null,
     state text not null default 'Active' check (state in ('Active', 'Suspended', 'Disabled')),
     created timestamptz not null default now(),
     foreign key (account, domain) references account (id, domain),
     unique (domain, name))`,
  `create table project_account (
     project uuid not null references project on delete cascade,
     account uuid not null references account on delete cascade,
     role text not null check (role in ('Admin', 'Regular')),
     primary key (project, account))`,
  `create index project_account_member on project_account (account)`,

  `create table session (
     id bytea primary key,
     cloud_user uuid not null references cloud_user on delete cascade,
     sessionkey bytea not null,
     address inet not null,
     created timestamptz not null default now(),
     last_used timestamptz not null default now())`,
  `create index session_of_user on session (cloud_user)`,

  `insert into domain (id, name, path) values ('${ROOT}', 'ROOT', 'ROOT')`,
  `insert into role (id, name, type, description, isdefault) values
     ('00000000-0000-4000-8000-000000000101', 'Root Admin', 'Admin', 'May do everything.', true),
     ('00000000-0000-4000-8000-000000000102', 'Resource Admin', 'ResourceAdmin', 'May manage resources.', true),
     ('00000000-0000-4000-8000-000000000103', 'Domain Admin', 'DomainAdmin', 'May manage a domain and its subdomains.', true),
     ('00000000-0000-4000-8000-000000000104', 'User', 'User', 'May manage the things of its account.', true)`,
  `insert into account (id, domain, name, type, role)
     values ('${ADMIN}', '${ROOT}', 'admin', 'Admin', '00000000-0000-4000-8000-000000000101')`,
  `insert into cloud_user (id, account, domain, username, firstname, lastname, email)
     values ('${ADMIN}', '${ADMIN}', '${ROOT}', 'admin', 'Root', 'Administrator', '')`,

  // What is there belongs to the administrator, who made it; the default keeps what no account asked for with it.
  ...owned.flatMap((table) => [
    `alter table ${table} add column account uuid not null default '${ADMIN}' references account`,
    `create index ${table}_account on ${table} (account)`,
  ]),
  `alter table async_job add column cloud_user uuid not null default '${ADMIN}'`,
  `alter table public_ip add column account uuid references account`,
  `update public_ip set account = '${ADMIN}' where allocated is not null or reserved`,
  `create index public_ip_account on public_ip (account)`,
]

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
