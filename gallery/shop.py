"""A small database of a made-up shop: what the sample's flights do not have (comparison, width, scripts)."""

from __future__ import annotations

import random
import sqlite3
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

_DAYS: Final = 800
_ORDERS: Final = 180
_SHOPS: Final = ("Harbour", "Old Town", "Station", "University", "Airport", "Riverside Shopping Centre", "Online")
_KINDS: Final = ("Coffee", "Tea", "Pastry", "Books", "Gifts")
_PEOPLE: Final = ("Ada Lovelace", "Grace Hopper", "Alan Turing", "Katherine Johnson", "Edsger Dijkstra")
_FIRMS: Final = ("Acme Ltd", "Blue Whale GmbH", "Café Central", "Nordlicht AS", "Østerbro Books", "Trattoria Lucia")
_REMARKS: Final = (None, "", "Leave at the door", "Invoice goes to the head office; ring twice, the bell is weak")

_TABLES: Final = """
CREATE TABLE visits (day DATE PRIMARY KEY, visits INTEGER NOT NULL);
CREATE TABLE sales (
    day DATE NOT NULL, shop TEXT NOT NULL, kind TEXT NOT NULL, amount_eur REAL NOT NULL, orders INTEGER NOT NULL,
    returned INTEGER NOT NULL
);
CREATE TABLE orders (
    order_date DATE, order_no INTEGER, customer TEXT, city TEXT, country TEXT, sold_by TEXT, shop TEXT, kind TEXT,
    units INTEGER, unit_price_eur REAL, discount_share REAL, net_eur REAL, tax_eur REAL, gross_eur REAL, cost_eur REAL,
    margin_eur REAL, margin_share REAL, paid INTEGER, shipped_at DATETIME, delivered_at DATETIME,
    days_to_deliver INTEGER, rating INTEGER, returned INTEGER, remark TEXT
);
CREATE TABLE cities (city TEXT, note TEXT, guests INTEGER, satisfied_share REAL, day DATE);
"""
_CITIES: Final = (
    ("Zürich", "Grüße aus den Bergen, naïve façade", 982, 0.91),
    ("Kraków", "Zażółć gęślą jaźń", 871, 0.88),
    ("Hà Nội", "Tiếng Việt đầy đủ dấu", 846, 0.93),
    ("Αθήνα", "Καλημέρα από την Ακρόπολη", 790, 0.86),
    ("Москва и Київ", "Съешь ещё этих мягких булок", 772, 0.79),
    ("ירושלים", "שלום עולם (123) וגם English באמצע", 655, 0.9),
    ("القاهرة", "مرحبا بالعالم، الفاتورة رقم ٤٢", 640, 0.87),
    ("تهران", "گزارش هفتگی", 602, 0.84),
    ("東京", "毎週のレポート：売上とお客様", 598, 0.95),
    ("北京", "每周报告，销售额", 577, 0.92),
    ("서울", "주간 보고서", 545, 0.89),
    ("दिल्ली", "नमस्ते दुनिया, साप्ताहिक रिपोर्ट", 512, 0.83),
    ("กรุงเทพ", "สวัสดีชาวโลก รายงานประจำสัปดาห์", 498, 0.9),
    ("Party 🎉 town", "Family 👩‍👩‍👧, flag 🇨🇭, thumbs 👍🏽", 321, 0.97),
    ("=1+1", "@SUM(A1) stays text, +49 30 1234", 120, 0.5),
    ("<b>Bold</b>", "<script>alert('no')</script> & \"quotes\"", 99, 0.4),
    (None, None, None, None),
)


def build(path: Path, *, today: date) -> None:
    """The same data for the same `today`."""
    chance = random.Random(2013)
    connection = sqlite3.connect(path)
    try:
        connection.executescript(_TABLES)
        _fill(connection, "visits", _visits(today, chance))
        _fill(connection, "sales", _sales(today, chance))
        _fill(connection, "orders", _orders(today, chance))
        days = (today - timedelta(days=number) for number in range(len(_CITIES)))
        _fill(connection, "cities", [(*row, day.isoformat()) for row, day in zip(_CITIES, days, strict=True)])
        connection.commit()
    finally:
        connection.close()


def _visits(today: date, chance: random.Random) -> list[tuple[Any, ...]]:
    days = [today - timedelta(days=number) for number in range(_DAYS)]
    busy = {4: 1.15, 5: 1.4, 6: 0.7}
    return [
        (day.isoformat(), int(1180 * busy.get(day.weekday(), 1) * (1.2 - n / 2 / _DAYS) * chance.uniform(0.92, 1.08)))
        for n, day in enumerate(days)
    ]


def _sales(today: date, chance: random.Random) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for number in range(90):
        day = (today - timedelta(days=number)).isoformat()
        for place, shop in enumerate(_SHOPS):
            for share, kind in enumerate(_KINDS):
                orders = int(chance.uniform(8, 20) * (1.6 - place * 0.14) / (1 + share * 0.5))
                amount = round(orders * chance.uniform(9, 16), 2)
                rows.append((day, shop, kind, amount, orders, chance.randrange(0, 2)))
    return rows


def _orders(today: date, chance: random.Random) -> list[tuple[Any, ...]]:
    return [_order(today - timedelta(days=30 - number // 6), 100_230 + number, chance) for number in range(_ORDERS)]


def _order(day: date, number: int, chance: random.Random) -> tuple[Any, ...]:
    units, price, discount = chance.randrange(1, 40), round(chance.uniform(2, 90), 2), chance.choice((0, 0, 0.05, 0.1))
    net = round(units * price * (1 - discount), 2)
    tax, cost = round(net * 0.19, 2), round(net * chance.uniform(0.4, 1.05), 2)
    shipped = datetime(day.year, day.month, day.day, chance.randrange(7, 19), chance.randrange(60))  # noqa: DTZ001
    transit = chance.randrange(1, 6)
    arrived = None if number % 11 == 0 else (shipped + timedelta(days=transit, hours=3)).isoformat(" ")
    firm, seller = chance.choice(_FIRMS), chance.choice(_PEOPLE)
    money = (net, tax, round(net + tax, 2), cost, round(net - cost, 2), (net - cost) / net)
    place = ("Rotterdam", "NL") if number % 3 else ("Sankt Pölten an der Traisen", "AT")
    fate = (number % 7 > 0, shipped.isoformat(" "), arrived, transit if arrived else None)
    last = (chance.randrange(1, 6), number % 13 == 0, chance.choice(_REMARKS))
    goods = (chance.choice(_SHOPS), chance.choice(_KINDS), units, price, discount)
    return (day.isoformat(), number, firm, *place, seller, *goods, *money, *fate, *last)


def _fill(connection: sqlite3.Connection, table: str, rows: list[tuple[Any, ...]]) -> None:
    places = ", ".join("?" * len(rows[0]))
    connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608 - our own table names
