import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import {
  type ClassMethod,
  type Expression,
  type ModuleItem,
  parseSync,
  type TsEntityName,
  type TsInterfaceDeclaration,
  type TsType,
} from '@swc/core'

/** An interface (all its declarations together) or an alias, with the scope that its names are looked up in. */
export type Declaration = { id: string; scope: Scope } & (
  | { interfaces: TsInterfaceDeclaration[] }
  | { alias: TsType; parameters: string[] }
)

type Import = { file: string; name: string | null }

/** A method of a class: the type of its parameter named `params`, and of what it returns. */
export type Method = { name: string; params: TsType | undefined; returns: TsType }

/** Names that a file or a namespace of it declares. */
export class Scope {
  readonly id: string
  readonly parent: Scope | undefined
  readonly types = new Map<string, Declaration>()
  readonly namespaces = new Map<string, Scope>()
  readonly methods: Method[] = []
  readonly imports = new Map<string, Import>()
  /** Names that stand for others: `export { Session }`, `export import A = B.C`. */
  readonly aliases = new Map<string, string[]>()

  constructor(id: string, parent?: Scope) {
    this.id = id.replaceAll('/', '.')
    this.parent = parent
  }

  namespace(name: string): Scope {
    const known = this.namespaces.get(name)
    if (known !== undefined) return known
    const scope = new Scope(`${this.id}.${name}`, this)
    this.namespaces.set(name, scope)
    return scope
  }
}

export const namesOf = (entity: TsEntityName | Expression): string[] => {
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the rest of the language is refused
  switch (entity.type) {
    case 'Identifier':
      return [entity.value]
    case 'TsQualifiedName':
      return [...namesOf(entity.left), entity.right.value]
    case 'MemberExpression':
      if (entity.property.type === 'Identifier') return [...namesOf(entity.object), entity.property.value]
      throw new Error(`A name of another kind: ${entity.property.type}`)
    default:
      throw new Error(`A name of another kind: ${entity.type}`)
  }
}

/** The declarations of a package's `.d.ts` files, read as they are asked for. */
export class Declarations {
  readonly #root: string
  readonly #files = new Map<string, Scope>()

  /** `root` is the folder that file names are told from. */
  constructor(root: string) {
    this.#root = root
  }

  /** What a file such as `resources/Refunds` declares. */
  file(name: string): Scope {
    const known = this.#files.get(name)
    if (known !== undefined) return known
    const scope = new Scope(name.replace(/^resources\//, ''))
    this.#files.set(name, scope)
    const text = readFileSync(path.join(this.#root, `${name}.d.ts`), 'utf8')
    collect(parseSync(text, { syntax: 'typescript' }).body, scope, name)
    return scope
  }

  /** Follows a name from where it stands to its declaration; undefined for one that is the language's own. */
  find(scope: Scope, names: string[]): Declaration | undefined {
    const [first = '', ...rest] = names
    for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
      const found = this.#within(at, first, rest)
      if (found !== undefined) return found
    }
    return undefined
  }

  #within(scope: Scope, first: string, rest: string[]): Declaration | undefined {
    const [next, ...further] = rest
    const own = next === undefined ? scope.types.get(first) : this.#inNamespace(scope, first, next, further)
    if (own !== undefined) return own
    const alias = scope.aliases.get(first)
    if (alias !== undefined && scope.parent !== undefined) return this.find(scope.parent, [...alias, ...rest])
    const imported = scope.imports.get(first)
    if (imported === undefined || !existsSync(path.join(this.#root, `${imported.file}.d.ts`))) return undefined
    const file = this.file(imported.file)
    if (imported.name !== null) return this.#within(file, imported.name, rest)
    return next === undefined ? undefined : this.#within(file, next, further)
  }

  #inNamespace(scope: Scope, name: string, next: string, further: string[]): Declaration | undefined {
    const inside = scope.namespaces.get(name)
    return inside === undefined ? undefined : this.#within(inside, next, further)
  }
}

function collect(items: readonly ModuleItem[], scope: Scope, file: string): void {
  for (const item of items) {
    if (item.type === 'ImportDeclaration') {
      const from = path.posix.join(path.posix.dirname(file), item.source.value.replace(/\.js$/, ''))
      for (const specifier of item.specifiers) {
        const name = specifier.type === 'ImportSpecifier' ? (specifier.imported?.value ?? specifier.local.value) : null
        scope.imports.set(specifier.local.value, { file: from, name })
      }
    } else if (item.type === 'ExportNamedDeclaration' && item.source === null) {
      for (const specifier of item.specifiers) {
        if (specifier.type === 'ExportSpecifier') scope.aliases.set(specifier.orig.value, [specifier.orig.value])
      }
    } else {
      declare(item.type === 'ExportDeclaration' ? item.declaration : item, scope, file)
    }
  }
}

function declare(item: ModuleItem, scope: Scope, file: string): void {
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- values declare no type
  switch (item.type) {
    case 'TsInterfaceDeclaration': {
      const { value: name } = item.id
      const known = scope.types.get(name)
      if (known !== undefined && 'interfaces' in known) known.interfaces.push(item)
      else scope.types.set(name, { id: `${scope.id}.${name}`, scope, interfaces: [item] })
      return
    }
    case 'TsTypeAliasDeclaration': {
      const { value: name } = item.id
      const parameters = (item.typeParams?.parameters ?? []).map((parameter) => parameter.name.value)
      scope.types.set(name, { id: `${scope.id}.${name}`, scope, alias: item.typeAnnotation, parameters })
      return
    }
    case 'TsModuleDeclaration':
      if (item.body?.type === 'TsModuleBlock' && item.id.type === 'Identifier')
        collect(item.body.body, scope.namespace(item.id.value), file)
      return
    case 'TsImportEqualsDeclaration':
      if (item.moduleRef.type !== 'TsExternalModuleReference') scope.aliases.set(item.id.value, namesOf(item.moduleRef))
      return
    case 'ClassDeclaration':
      for (const member of item.body) {
        if (member.type !== 'ClassMethod' || member.key.type !== 'Identifier') continue
        const returns = member.function.returnType?.typeAnnotation
        if (returns === undefined) continue
        scope.methods.push({ name: member.key.value, params: typeOfParams(member), returns })
      }
      return
    default:
      // Only types matter here.
      return
  }
}

/** The type of a method's parameter `params`. */
function typeOfParams(method: ClassMethod): TsType | undefined {
  for (const { pat } of method.function.params)
    if (pat.type === 'Identifier' && pat.value === 'params' && 'typeAnnotation' in pat)
      return pat.typeAnnotation?.typeAnnotation
  return undefined
}
