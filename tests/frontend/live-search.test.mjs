import { addressOf } from "frontend/page/live-search"
import { equal, test } from "tests/runner"

test("what is empty or means no wish is not in the address", () => {
  const fields = [["q", ""], ["whose", ""], ["sort", "name"]]

  equal(addressOf("/", fields, { sort: "name" }), "/")
})

test("what is asked for is in the address, in the order of the form", () => {
  const fields = [["q", " café & co "], ["whose", "mine"], ["sort", "new"], ["tag", "a b"]]

  equal(
    addressOf("/", fields, { sort: "name" }),
    "/?q=caf%C3%A9+%26+co&whose=mine&sort=new&tag=a+b",
  )
})
