import {
  type AliasNode,
  createQueryId,
  type JoinNode,
  type KyselyPlugin,
  type OperationNode,
  PostgresQueryCompiler,
  type SelectQueryNode,
  type TableNode,
} from 'kysely'

const textOf = (node: SelectQueryNode): string => new PostgresQueryCompiler().compileQuery(node, createQueryId()).sql

const nameOf = ({ table }: JoinNode): string | undefined => {
  if (table.kind === 'TableNode') return (table as TableNode).table.identifier.name
  const { alias } = table as AliasNode
  return alias?.kind === 'IdentifierNode' ? (alias as OperationNode & { readonly name: string }).name : undefined
}

/** Rather once too often: what is mentioned in vain costs a look-up, what is missed is refused by PostgreSQL. */
const mentions = (text: string, name: string): boolean => new RegExp(`\\b${name}"?\\.`).test(text)

const without = (node: SelectQueryNode): SelectQueryNode => {
  let text = textOf({ ...node, joins: [] })
  const joins: JoinNode[] = []
  for (const join of (node.joins ?? []).toReversed()) {
    const name = nameOf(join)
    if (join.joinType === 'LeftJoin' && name !== undefined && !mentions(text, name)) continue
    joins.unshift(join)
    text += textOf({ ...node, selections: [], where: undefined, orderBy: undefined, joins: [join] })
  }
  return { ...node, joins }
}

/**
 * Drops left joins of which nothing is asked. PostgreSQL would too, but it goes on believing that it needs their columns
 * and reads the table where an index has all (it does up to 16).
 */
export const withoutIdleJoins: KyselyPlugin = {
  transformQuery: ({ node }) => (node.kind === 'SelectQueryNode' ? without(node as SelectQueryNode) : node),
  transformResult: ({ result }) => Promise.resolve(result),
}
