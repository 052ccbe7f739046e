import { fill, KeyedRows } from "frontend/board/keyed"
import { equal, ok, test } from "tests/runner"

/** A list on the page, and a way to bring it to these ids. */
function list() {
  const place = document.createElement("ul")
  const template = document.createElement("template")
  template.innerHTML = "<li><button></button></li>"
  document.body.replaceChildren(place)
  const rows = new KeyedRows(place, template)
  const follow = (...ids) =>
    rows.follow(ids.map((id) => ({ id })), (row, { id }) => (row.firstElementChild.textContent = id))
  return { place, follow, button: (id) => place.querySelector(`[data-id=${id}] button`) }
}

const texts = (place) => [...place.children].map(({ textContent }) => textContent)

test("rows stand in the order of the items", () => {
  const { place, follow } = list()
  follow("a", "b")
  follow("c", "b", "a")
  equal(texts(place), ["c", "b", "a"])
})

test("a row stays the same element while its item stays", () => {
  const { follow, button } = list()
  follow("a", "b")
  const before = button("b")
  follow("b")
  ok(button("b") === before, "the button to be the same")
})

test("whoever is in a row stays there when others come, go and change places", () => {
  const { follow, button } = list()
  follow("a", "b", "c")
  button("c").focus()
  for (const ids of [["b", "c"], ["d", "b", "c"], ["c", "d", "b"]]) {
    follow(...ids)
    ok(document.activeElement === button("c"), `focus to stay at ${ids}`)
  }
})

test("whoever is in a row that goes is left in its neighbour", () => {
  const { follow, button } = list()
  follow("a", "b", "c")
  button("b").focus()
  follow("a", "c")
  ok(document.activeElement === button("c"), "focus in the next row")
  follow("a")
  ok(document.activeElement === button("a"), "focus in the row before")
})

test("cells are written where their fields are, and marks are taken off again", () => {
  const row = document.createElement("div")
  row.innerHTML = "<span data-field=fps></span><span data-field=other>kept</span>"
  fill(row, { fps: { text: "9", level: "warning" } })
  equal(row.innerHTML, '<span data-field="fps" data-level="warning">9</span><span data-field="other">kept</span>')
  fill(row, { fps: { text: "25" } })
  equal(row.firstChild.dataset.level, "")
})
