"""Odoo with worker processes, as it runs in production."""

import urllib.request

import psutil
from host.odoo import OdooServer
from host.odoo_source import find_odoo
from host.templates import temporary_instance


def ask(url):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=30) as answer:
        return answer.status


def websocket_workers(odoo):
    children = psutil.Process(odoo.pid).children()
    return [child.pid for child in children if "gevent" in child.cmdline()]


def test_the_websocket_worker_runs_and_stays(postgres):
    source = find_odoo()
    with (
        temporary_instance(postgres, source) as (database, data_dir),
        OdooServer(
            database, postgres, data_dir, source=source, workers=2, max_cron_threads=0
        ) as odoo,
    ):
        (worker,) = websocket_workers(odoo)
        for _attempt in range(3):
            assert ask(f"{odoo.url}/web/login") == 200
            assert ask(f"{odoo.websocket_url}/websocket/health") == 200
        assert websocket_workers(odoo) == [worker]
        assert odoo.log_text().count("Evented Service (longpolling) running") == 1
