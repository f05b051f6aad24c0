import type { TsInterfaceDeclaration, TsType, TsTypeElement } from '@swc/core'
import { type Declaration, type Declarations, namesOf, type Scope } from './declarations.ts'

export type Schema = boolean | { [keyword: string]: unknown }

/**
 * As an object in an answer; as the decoded form of a request, in which every value is a text; or as the values that an
 * object had before an event: some of them at any depth, null for what was not there.
 */
export type Form = 'json' | 'form' | 'previous'

type Context = { scope: Scope; form: Form; bound: ReadonlyMap<string, { type: TsType; context: Context }> }

/** `values` is the schema of what no property names: false for a closed object. */
type Members = { properties: Map<string, Schema>; required: Set<string>; values: Schema }

const NUMBER_AS_TEXT = { type: 'string', pattern: '^-?[0-9]+(\\.[0-9]+)?$' }

/** Whether a type is an object of the API of its own, such as a Charge: a name at the top of its file, with `object`. */
const isApiObject = (declaration: Declaration): boolean =>
  'interfaces' in declaration &&
  declaration.scope.parent === undefined &&
  declaration.interfaces.some(({ body }) => body.body.some((member) => keyOf(member) === 'object'))

const keyOf = (member: TsTypeElement): string | undefined =>
  member.type === 'TsPropertySignature' && (member.key.type === 'Identifier' || member.key.type === 'StringLiteral')
    ? member.key.value
    : undefined

/**
 * JSON Schemas of declared types. Objects are closed: what a type does not name is refused. Of the API's own objects
 * only those for which `isKnown` says so are described; a reference to another one can be its id, and nothing else.
 */
export class SchemaWriter {
  readonly definitions = new Map<string, Schema>()
  readonly #declarations: Declarations
  readonly #isKnown: (declaration: Declaration) => boolean

  constructor(declarations: Declarations, isKnown: (declaration: Declaration) => boolean) {
    this.#declarations = declarations
    this.#isKnown = isKnown
  }

  /** The schema of a type that stands in `scope`. */
  write(type: TsType, scope: Scope, form: Form): Schema {
    return this.#schema(type, { scope, form, bound: new Map() })
  }

  /** A reference to the definition of a declared interface. */
  refer(declaration: Declaration, form: Form): Schema {
    if (!('interfaces' in declaration)) throw new Error(`${declaration.id} is no interface`)
    if (form !== 'form' && isApiObject(declaration) && !this.#isKnown(declaration)) return false
    const name = form === 'json' ? declaration.id : `${form}:${declaration.id}`
    if (!this.definitions.has(name)) {
      // Stored before it is complete, because types can refer to themselves.
      this.definitions.set(name, false)
      this.definitions.set(name, this.#object(this.#members(declaration, form), form))
    }
    return { $ref: `#/definitions/${name}` }
  }

  /** The schema of one property of an answer's object; undefined when it has none of this name. */
  propertyOf(declaration: Declaration, name: string): Schema | undefined {
    return this.#members(declaration, 'json').properties.get(name)
  }

  #object({ properties, required, values }: Members, form: Form): Schema {
    if (form === 'form' && values !== false && properties.size === 0) return mapAsForm(values)
    const sorted = Object.fromEntries([...properties].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    return {
      type: 'object',
      ...(properties.size === 0 ? {} : { properties: sorted }),
      ...(required.size === 0 || form === 'previous' ? {} : { required: [...required].toSorted() }),
      additionalProperties: values,
    }
  }

  /** Own and inherited members; an own one hides what it inherits. */
  #members(declaration: Declaration, form: Form): Members {
    const all: Members = { properties: new Map(), required: new Set(), values: false }
    const context: Context = { scope: declaration.scope, form, bound: new Map() }
    for (const one of 'interfaces' in declaration ? declaration.interfaces : []) {
      for (const base of this.#basesOf(declaration, one)) {
        const inherited = this.#members(base, form)
        for (const [name, schema] of inherited.properties) all.properties.set(name, schema)
        for (const name of inherited.required) all.required.add(name)
      }
      this.#addMembers(all, one.body.body, context)
    }
    return all
  }

  #addMembers(to: Members, members: readonly TsTypeElement[], context: Context): Members {
    for (const member of members) {
      const key = keyOf(member)
      if (member.type === 'TsIndexSignature' && member.typeAnnotation) {
        to.values = this.#schema(member.typeAnnotation.typeAnnotation, context)
      } else if (key !== undefined && member.type === 'TsPropertySignature' && member.typeAnnotation) {
        const schema = this.#schema(member.typeAnnotation.typeAnnotation, context)
        const wasNotThere = context.form === 'previous' && member.optional && schema !== false
        to.properties.set(key, wasNotThere ? { anyOf: [schema, { enum: [null] }] } : schema)
        if (member.optional) to.required.delete(key)
        else to.required.add(key)
      } else {
        throw new Error(`A member of another kind in ${context.scope.id}: ${member.type}`)
      }
    }
    return to
  }

  #basesOf({ scope, id }: Declaration, { extends: bases }: TsInterfaceDeclaration): Declaration[] {
    return bases.map(({ expression }) => {
      const base = this.#declarations.find(scope, namesOf(expression))
      if (base === undefined) throw new Error(`${id} extends something unknown`)
      return base
    })
  }

  #schema(type: TsType, context: Context): Schema {
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the rest of the language is refused
    switch (type.type) {
      case 'TsKeywordType':
        return keyword(type.kind, context.form)
      case 'TsLiteralType':
        if (type.literal.type === 'TemplateLiteral' || type.literal.type === 'BigIntLiteral')
          throw new Error(`A literal of another kind in ${context.scope.id}: ${type.literal.type}`)
        return { enum: [context.form === 'form' ? String(type.literal.value) : type.literal.value] }
      case 'TsParenthesizedType':
        return this.#schema(type.typeAnnotation, context)
      case 'TsTypeLiteral': {
        const none: Members = { properties: new Map(), required: new Set(), values: false }
        return this.#object(this.#addMembers(none, type.members, context), context.form)
      }
      case 'TsArrayType':
        return { type: 'array', items: this.#schema(type.elemType, context) }
      case 'TsUnionType':
        return this.#union(type.types, context)
      case 'TsTypeReference':
        return this.#reference(type, context)
      default:
        throw new Error(`A type of another kind in ${context.scope.id}: ${type.type}`)
    }
  }

  #reference(type: TsType & { type: 'TsTypeReference' }, context: Context): Schema {
    const names = namesOf(type.typeName)
    const name = names.join('.')
    const parameters = type.typeParams?.params ?? []
    const [first] = parameters
    const bound = context.bound.get(name)
    if (bound !== undefined) return this.#schema(bound.type, bound.context)
    if (name === 'Array' && first !== undefined) return { type: 'array', items: this.#schema(first, context) }
    if (name === 'Decimal') return { type: 'string' }
    if (name === 'ApiList' && first !== undefined) return this.list(this.#schema(first, context))
    if (name === 'Partial' && first !== undefined) return this.#partial(first, context)
    const declaration = this.#declarations.find(context.scope, names)
    if (declaration === undefined) throw new Error(`Nothing declares ${name}, named in ${context.scope.id}`)
    if ('interfaces' in declaration) return this.refer(declaration, context.form)
    const given = declaration.parameters.map((parameter, at) => {
      const argument = parameters[at]
      if (argument === undefined) throw new Error(`${name} in ${context.scope.id} lacks ${parameter}`)
      return [parameter, { type: argument, context }] as const
    })
    return this.#schema(declaration.alias, { ...context, scope: declaration.scope, bound: new Map(given) })
  }

  #partial(type: TsType, context: Context): Schema {
    if (type.type === 'TsUnionType') return { anyOf: type.types.map((part) => this.#partial(part, context)) }
    const whole =
      type.type === 'TsTypeReference' ? this.#declarations.find(context.scope, namesOf(type.typeName)) : undefined
    if (whole === undefined) throw new Error(`A part of something unknown in ${context.scope.id}`)
    return 'alias' in whole
      ? this.#partial(whole.alias, { ...context, scope: whole.scope })
      : this.refer(whole, 'previous')
  }

  /** One page of a list. */
  list(items: Schema): Schema {
    return {
      type: 'object',
      properties: {
        object: { enum: ['list'] },
        data: { type: 'array', items },
        has_more: { type: 'boolean' },
        url: { type: 'string' },
      },
      required: ['data', 'has_more', 'object', 'url'],
      additionalProperties: false,
    }
  }

  /**
   * Stripe's open enums are held to the values that the SDK names: none of them may be invented. What can never be is
   * left out.
   */
  #union(types: TsType[], context: Context): Schema {
    const parts = types.filter((type) => !isOtherString(type)).map((type) => this.#schema(type, context))
    const values = new Set<unknown>()
    const others: Schema[] = []
    for (const way of parts.flatMap(waysOf)) {
      if (way !== false && way !== true && Array.isArray(way['enum']))
        for (const value of way['enum']) values.add(value)
      else if (way !== false) others.push(way)
    }
    const unique = [...new Map(others.map((schema) => [JSON.stringify(schema), schema])).values()]
    const all = [...(values.size === 0 ? [] : [{ enum: [...values] }]), ...unique]
    return all.length === 1 ? (all[0] ?? false) : all.length === 0 ? false : { anyOf: all }
  }
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'boolean' || (typeof value === 'object' && value !== null)

/** The alternatives of a schema that has some. */
const waysOf = (schema: Schema): Schema[] =>
  typeof schema === 'object' && Array.isArray(schema['anyOf']) ? schema['anyOf'].filter(isSchema) : [schema]

const isOtherString = (type: TsType): boolean =>
  type.type === 'TsTypeReference' && namesOf(type.typeName).join('.') === 'OtherString'

/** A map; one with the keys 0, 1, … is sent like a list. */
const mapAsForm = (values: Schema): Schema => ({
  anyOf: [
    { type: 'object', additionalProperties: values },
    { type: 'array', items: values },
  ],
})

function keyword(kind: string, form: Form): Schema {
  switch (kind) {
    case 'string':
      return { type: 'string' }
    case 'number':
      return form === 'form' ? NUMBER_AS_TEXT : { type: 'number' }
    case 'boolean':
      return form === 'form' ? { enum: ['true', 'false'] } : { type: 'boolean' }
    case 'null':
      return { enum: [form === 'form' ? '' : null] }
    case 'unknown':
      return true
    case 'undefined':
    case 'void':
    case 'never':
      return false
    default:
      throw new Error(`A keyword of another kind: ${kind}`)
  }
}
