/** Operating systems by category. Ids say the place in these lists, so that they are the same in every cloud: append only. */
const categories = [
  ['CentOS', ['CentOS 7', 'CentOS 8', 'CentOS Stream 9', 'CentOS Stream 10']],
  ['Debian', ['Debian GNU/Linux 11 (64-bit)', 'Debian GNU/Linux 12 (64-bit)', 'Debian GNU/Linux 13 (64-bit)']],
  ['FreeBSD', ['FreeBSD 13 (64-bit)', 'FreeBSD 14 (64-bit)', 'FreeBSD 15 (64-bit)']],
  ['Linux', ['Other Linux (32-bit)', 'Other Linux (64-bit)', 'Alpine Linux (64-bit)']],
  ['Oracle', ['Oracle Linux 8', 'Oracle Linux 9', 'Oracle Linux 10']],
  ['Other', ['None', 'Other (32-bit)', 'Other (64-bit)', 'Other PV (64-bit)']],
  ['RedHat', ['Red Hat Enterprise Linux 8.0', 'Red Hat Enterprise Linux 9.0', 'Red Hat Enterprise Linux 10.0']],
  ['Rocky Linux', ['Rocky Linux 8', 'Rocky Linux 9', 'Rocky Linux 10']],
  ['SUSE', ['SUSE Linux Enterprise Server 15 (64-bit)', 'openSUSE Leap 15 (64-bit)']],
  ['Ubuntu', ['Ubuntu 20.04 LTS', 'Ubuntu 22.04 LTS', 'Ubuntu 24.04 LTS']],
  [
    'Windows',
    ['Windows 10 (64-bit)', 'Windows 11 (64-bit)', 'Windows Server 2019 (64-bit)', 'Windows Server 2022 (64-bit)'],
  ],
] as const

const id = (category: number, type: number): string =>
  `00000000-0000-4000-8000-05${String(category + 1).padStart(5, '0')}${String(type).padStart(5, '0')}`

export interface OsCategory {
  readonly id: string
  readonly name: string
}

export interface OsType extends OsCategory {
  readonly category: OsCategory
}

export const osCategories: readonly OsCategory[] = categories.map(([name], index) => ({ id: id(index, 0), name }))

export const osTypes: readonly OsType[] = categories.flatMap(([, names], index) =>
  names.map((name, place) => ({ id: id(index, place + 1), name, category: osCategories[index] as OsCategory })),
)
