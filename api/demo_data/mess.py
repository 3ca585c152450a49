"""What goes wrong with real files: repeated, late, wrong, returned and broken rows, each on purpose."""

from api.demo_data.selling import Month
from api.demo_data.sheets import Row

CORRECTIONS = "更正单号 更正日期 原流水号 原因".split()

_OVERLAP = 3
"""Rows of the month before that an export repeats at its head."""


class Mess:
    """The months as the systems exported them; `spoil` takes each as it was, in order."""

    def __init__(self) -> None:
        self._held: dict[str, list[Row]] = {}
        self._tail: list[Row] = []

    def spoil(self, number: int, month: Month) -> list[Row]:
        """Changes `month` in place; gives the corrections that finance wrote in it."""
        corrections = self._change(number, month)
        late = self._held.pop(f"orders {number}", [])
        exported = [*self._tail, *month.orders, *late]
        sound = [row for row in month.orders if not str(row["流水号"]).endswith("9001")]
        self._tail = sound[-_OVERLAP:]
        month.orders[:] = [again for row in exported for again in _repeated(row)]
        month.follow_ups += self._held.pop(f"follow-ups {number}", [])
        return corrections

    def _hold(self, kind: str, until: int, rows: list[Row]) -> None:
        self._held.setdefault(f"{kind} {until}", []).extend(rows)

    def _change(self, number: int, month: Month) -> list[Row]:
        orders = month.orders
        match number:
            case 2:
                orders.append({**_new_line(orders, number), "业务日期": "2025/2/30"})
                self._hold("orders", 5, [_returned(_first(orders, "HK036"), "LS25059001", "2025-05-20", 1)])
            case 3:
                self._mistype_seller(orders)
            case 4:
                late = orders.pop(orders.index(_last(orders, "HK039")))
                self._hold("orders", 6, [late])
                orders.append({**_new_line(orders, number), "合同金额": "壹万贰千元"})
            case 5:
                self._mistype_amount(orders)
            case 7:
                original = str(self._wrong["流水号"])
                why = "金额多录一位零，重新录入"
                return [{"更正单号": "GZ2507-1", "更正日期": "2025-07-08", "原流水号": original, "原因": why}]
            case 8:
                half = _first(orders, "HK044")
                self._hold("orders", 10, [_returned(half, "LS25109001", "2025-10-15", 2)])
                offline = [row for row in month.follow_ups if row["工号"] == "HK043"][-12:]
                month.follow_ups[:] = [row for row in month.follow_ups if row not in offline]
                self._hold("follow-ups", 10, offline)
            case 9:
                seen = orders[0]
                self._hold("orders", 10, [{**seen, "合同金额": int(str(seen["合同金额"])) + 100_000}])
            case 10:
                month.clients.append({**month.clients[0], "客户编码": "2.02510E+11"})
            case _:
                pass
        return []

    def _mistype_seller(self, orders: list[Row]) -> None:
        """March: the id of a seller has a digit too many; April's export has the row as it should be."""
        right = _first(orders, "HK042")
        orders[orders.index(right)] = {**right, "业务员工号": "HK0042"}
        self._hold("orders", 4, [right])

    def _mistype_amount(self, orders: list[Row]) -> None:
        """May: ten times the amount; finance finds it in July, and the order is written anew."""
        right = _first(orders, "HK041")
        self._wrong = {**right, "合同金额": int(str(right["合同金额"])) * 10}
        orders[orders.index(right)] = self._wrong
        self._hold("orders", 7, [{**right, "流水号": "LS25079001"}])


def _new_line(orders: list[Row], number: int) -> Row:
    return {**orders[0], "流水号": f"LS25{number:02}9001", "订单号": f"SO25{number:02}-9001"}


def _first(orders: list[Row], seller: str) -> Row:
    return next(row for row in orders if row["业务员工号"] == seller)


def _last(orders: list[Row], seller: str) -> Row:
    return _first(orders[::-1], seller)


def _returned(row: Row, number: str, day: str, part: int) -> Row:
    return {
        **row,
        "流水号": number,
        "业务日期": day,
        "合同金额": int(str(row["合同金额"])) // part,
        "状态": "已退货",
        "备注": "规格不符" if part == 1 else "部分退货",
    }


def _repeated(row: Row) -> list[Row]:
    """Some rows stand twice in an export."""
    return [row, row] if str(row["流水号"]).endswith("07") else [row]
