import { notFound } from './found.ts'

/** Refuses (431) an id of what there is none of yet: an empty list would say that it is only not among these. */
export const refuseNamed = (parameter: string, kind: string, id: string | undefined): void => {
  if (id !== undefined) throw notFound(parameter, kind, id)
}
