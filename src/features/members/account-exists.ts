import { AppError } from '../../shared/errors.ts'

/** 409 `account-exists`, naming the field whose value another account has. */
export const accountExists = (field: 'username' | 'email') =>
  new AppError('account-exists', `There is an account with this ${field} already.`, {
    errors: [{ field, code: 'account-exists', message: `This ${field} is taken.` }],
  })
