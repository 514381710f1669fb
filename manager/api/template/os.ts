import type { Template } from '../../model/template.ts'
import { found } from '../found.ts'
import { osCategories, osTypes } from '../ostype/table.ts'

/** Of the images that are built in. */
export const osOf: Readonly<Record<Template['kind'], string>> = {
  system: 'Debian GNU/Linux 13 (64-bit)',
  guest: 'Other Linux (64-bit)',
}

/** Whether templates of this kind are of the category. 431 when there is no such category. */
export const isOfCategory = (kind: Template['kind'], id: string): boolean => {
  found(
    osCategories.find((one) => one.id === id),
    'oscategoryid',
    'category',
    id,
  )
  return osTypes.find(({ name }) => name === osOf[kind])?.category.id === id
}
