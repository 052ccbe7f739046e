/** Pages of one's account and teams: what is shown only once can be copied with a key. */
import { CopyKey } from "frontend/elements/copy-key"

CopyKey.define()
