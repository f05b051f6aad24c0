import { EMAILS, isEmailCode } from '../../src/features/email/templates/variables.ts'
import type { Query } from './goods.ts'

/** Keeps what every email is queued with from now on; the shop itself forgets it once the email is sent. */
export async function watchEmails(query: Query): Promise<void> {
  await query('CREATE TABLE queued_emails (em_cd text, variables jsonb)', [])
  await query(
    `CREATE FUNCTION keep_queued_email() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       INSERT INTO public.queued_emails VALUES (NEW.em_cd, NEW.variables);
       RETURN NULL;
     END $$`,
    [],
  )
  await query(
    'CREATE TRIGGER keep_queued_email AFTER INSERT ON email_outbox FOR EACH ROW EXECUTE FUNCTION keep_queued_email()',
    [],
  )
}

/** Fails when an email was queued with other variables than its templates may use. Answers which emails were queued. */
export async function assertEmailVariables(query: Query): Promise<string[]> {
  const rows = await query('SELECT DISTINCT em_cd, variables FROM queued_emails', [])
  const wrong = rows.flatMap(({ em_cd: code, variables }) => {
    if (typeof code !== 'string' || !isEmailCode(code)) return [`there is no email ${String(code)}`]
    const { error } = EMAILS[code].own.safeParse(variables)
    return error === undefined ? [] : [`${code}: ${error.message}`]
  })
  if (wrong.length > 0) throw new Error(`emails were queued with other variables than they have:\n${wrong.join('\n')}`)
  return [...new Set(rows.map(({ em_cd: code }) => String(code)))]
}
