import { Instrumenter } from '@stryker-mutator/instrumenter'
import { type ESTree, parseSync, Visitor } from 'vite'
import type { Mutant } from './mutant.ts'

/** No test should repeat a text word for word. */
const LEFT_ALONE = ['StringLiteral']
/** Log lines are for people; no test needs to repeat them. */
const LOGS = /^(?:(?:\w+\.)*log|console)\.\w+$/

type Range = { start: number; end: number }
type Logger = ConstructorParameters<typeof Instrumenter>[0]

const never = () => false
const nothing = () => undefined
const silent: Logger = {
  isTraceEnabled: never,
  isDebugEnabled: never,
  isInfoEnabled: never,
  isWarnEnabled: never,
  isErrorEnabled: never,
  isFatalEnabled: never,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
}

/** Every place of a TypeScript file that can be mutated: all of Stryker's mutators but one, and statements left out. */
export async function typescriptMutants(file: string, text: string): Promise<Mutant[]> {
  const { mutants } = await new Instrumenter(silent).instrument([{ name: file, mutate: true, content: text }], {
    plugins: null,
    excludedMutations: LEFT_ALONE,
    ignorers: [],
  })
  const starts = lineStarts(text)
  const { statements, logged } = look(file, text)
  return [
    ...mutants
      .filter(({ status }) => status === undefined)
      .map(({ location, replacement, mutatorName }) => ({
        file,
        start: (starts[location.start.line] ?? 0) + location.start.column,
        end: (starts[location.end.line] ?? 0) + location.end.column,
        replacement,
        kind: mutatorName,
      })),
    ...statements.map((range) => ({ file, ...range, replacement: ';', kind: 'StatementLeftOut' })),
  ].filter(({ start, end }) => !logged.some((range) => range.start <= start && end <= range.end))
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** Statements that do something and can be left out, and calls that write to the log. */
function look(file: string, text: string): { statements: Range[]; logged: Range[] } {
  const statements: Range[] = []
  const logged: Range[] = []
  const keep =
    (list: Range[]) =>
    ({ start, end }: Range) =>
      void list.push({ start, end })
  const isLog = ({ callee }: ESTree.CallExpression) => LOGS.test(text.slice(callee.start, callee.end))
  new Visitor({
    ExpressionStatement: (node) => {
      if (!('directive' in node) || node.directive === null) keep(statements)(node)
    },
    ThrowStatement: keep(statements),
    ContinueStatement: keep(statements),
    CallExpression: (node) => {
      if (isLog(node)) keep(logged)(node)
    },
  }).visit(parseSync(file, text).program)
  return {
    statements,
    logged: [...logged, ...statements.filter(({ start }) => logged.some((log) => log.start === start))],
  }
}
