"""The files of Huikang, month by month, byte for byte the same every time."""

import datetime as dt
from collections.abc import Iterator

from api.demo_data import clients, growth, library, offices
from api.demo_data.mess import CORRECTIONS, Mess
from api.demo_data.selling import Month, Sales
from api.demo_data.sheets import Delivery, Row, csv_bytes, ndjson_bytes, xlsx_bytes
from api.demo_data.staff import BRANCHES, staff
from api.demo_data.titles import titles
from domain.money import major_text

_CLIENTS = "客户编码 登记日期 归属业务员 类型 来源渠道".split()
_FOLLOW_UPS = "跟进时间 工号 客户编码 方式 时长(分钟)".split()
_ORDERS = "流水号 订单号 业务日期 业务员工号 客户编码 产品 数量 合同金额 渠道 订单类型 状态 备注".split()
_VISITS = "拜访日期 到访时间 工号 姓名 客户编码 科室 时长(小时) 试用产品".split()


def deliveries() -> Iterator[Delivery]:
    """The year in its order."""
    people = staff()
    sales, mess = Sales(people), Mess()
    for number in range(1, 13):
        month = sales.month(number)
        corrections = mess.spoil(number, month)
        scored = offices.scores(people, number)
        confirmed = offices.confirmations(scored, number)
        tag = f"2025-{number:02}"
        files = {
            f"hr_master_{tag}.csv": csv_bytes(offices.MASTER, offices.master(people, number), "utf-8-sig"),
            f"crm_clients_{tag}.csv": csv_bytes(_CLIENTS, month.clients, "gb18030"),
            f"crm_followups_{tag}.csv": _follow_ups(number, month),
            f"crm_orders_{tag}.csv": _orders(number, month),
            f"visits_{tag}.xlsx": _visits(number, month),
            f"service_{tag}.ndjson": ndjson_bytes(
                month.service, ('{"id":"MY-08-X","type":"sat',) if number == 8 else ()
            ),
            f"oa_leave_{tag}.csv": csv_bytes(offices.LEAVE, offices.leave(people, number), "utf-8"),
            f"oa_scores_{tag}.csv": csv_bytes(offices.SCORES, scored, "utf-8"),
            f"oa_confirmations_{tag}.csv": csv_bytes(offices.CONFIRMATIONS, confirmed, "utf-8"),
        }
        if number == 1:
            files["org_branches.csv"] = _branches()
        if number == 12:
            files["org_titles.csv"] = titles()
        if decided := offices.decisions(number):
            files[f"hr_decisions_{tag}.csv"] = csv_bytes(offices.DECISIONS, decided, "utf-8-sig")
        if corrections:
            files[f"finance_corrections_{tag}.csv"] = csv_bytes(CORRECTIONS, corrections, "gb18030")
        yield Delivery(number, _newcomers(number) | _known(number, month) | files)


def _newcomers(number: int) -> dict[str, bytes]:
    """What is told of newcomers; the survey's answers come as numbers in a workbook."""
    tag, told = f"2025-{number:02}", growth.files(number)
    columns = {"hr_mentors": growth.MENTORS, "lms_learning": growth.LEARNING, "lms_skills": growth.SKILLS}
    files = {
        f"{name}_{tag}.csv": csv_bytes(columns[name], rows, "utf-8-sig")
        for name in columns
        if (rows := told.get(name.partition("_")[2]))
    }
    if answers := told.get("surveys"):
        numbers: list[Row] = [{**row, "压力": float(str(row["压力"]))} for row in answers]
        files[f"oa_surveys_{tag}.xlsx"] = xlsx_bytes("周问卷", ("新人周问卷",), growth.SURVEYS, numbers)
    return files


def _known(number: int, month: Month) -> dict[str, bytes]:
    """What is known of clients, and what is written down for all; a file without rows is not sent."""
    told = {
        "crm_leads": (clients.LEADS, clients.leads(number, month.clients)),
        "crm_deciders": (clients.DECIDERS, clients.deciders(number, month.clients)),
        "wiki_practices": (library.PRACTICES, library.practices(number)),
        "hr_market": (library.MARKET, library.market(number)),
        "hr_notices": (library.NOTICES, library.notices(number)),
        "hr_assistants": (library.ASSISTANTS, library.assistants(number)),
    }
    return {
        f"{name}_2025-{number:02}.csv": csv_bytes(columns, rows, "utf-8-sig")
        for name, (columns, rows) in told.items()
        if rows
    }


def _branches() -> bytes:
    opened = {"BJ": "2012-03-01", "SH": "2016-05-01", "GZ": "2019-09-01"}
    rows: list[Row] = [
        {"编码": id, "分公司": f"{BRANCHES[id]}分公司", "成立日期": day} for id, day in opened.items()
    ]
    return csv_bytes(("编码", "分公司", "成立日期"), rows, "utf-8-sig")


def _follow_ups(number: int, month: Month) -> bytes:
    """In May the last line was cut off on its way."""
    rows: list[Row] = [{**row, "跟进时间": str(row["跟进时间"])[:16]} for row in month.follow_ups]
    return csv_bytes(_FOLLOW_UPS, rows, "utf-8", ("2025-05-30 16:2",) if number == 5 else ())


def _orders(number: int, month: Month) -> bytes:
    """As the CRM and Excel leave them: tabs, formulas, separators, two forms of date, and a total below."""
    total = sum(amount for row in month.orders if isinstance(amount := row["合同金额"], int))
    below = [f'合计,,,,,,,"{_separated(total)}",,,,']
    if number == 11:
        below.insert(
            0, "LS25119001,SO2511-9001,2025-11-20,HK044,GZ-0007,接骨板,12,13,500.00,电话,新单,已签约,"
        )
    return csv_bytes(_ORDERS, [_as_excel_has_it(row) for row in month.orders], "gb18030", below)


def _as_excel_has_it(row: Row) -> Row:
    last = int(str(row["流水号"])[-1])
    day, amount = row["业务日期"], row["合同金额"]
    if isinstance(day, dt.date) and last % 2:
        day = f"{day.year}/{day.month}/{day.day}"
    return {
        **row,
        "订单号": f"{row['订单号']}\t" if last % 3 == 0 else row["订单号"],
        "业务日期": day,
        "客户编码": f'="{row["客户编码"]}"' if last == 5 else row["客户编码"],
        "合同金额": _separated(amount) if isinstance(amount, int) else amount,
    }


def _separated(amount_minor: int) -> str:
    major, _, minor = major_text(amount_minor, "CNY").partition(".")
    return f"{int(major):,}.{minor}"


def _visits(number: int, month: Month) -> bytes:
    """In June a formula had lost its source."""
    rows: list[Row] = sorted(month.visits, key=lambda row: (str(row["拜访日期"]), str(row["工号"])))
    if number == 6:
        rows.append({**rows[-1], "工号": "#N/A"})
    above = (f"惠康骨科 拜访记录 2025年{number}月", "导出人：何静")
    return xlsx_bytes("拜访记录", above, _VISITS, rows)
