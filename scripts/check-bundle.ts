import { withBundle } from './build-bundle.ts'

withBundle()
