"""The job type that confirms shipments: sent exactly once in effect.

What left comes into the outbox first, a few deliveries in each slice. A shipment is
marked *sent* and committed before its request leaves. Whatever happens then (a
time-out, a server error, a killed server), the shipment is looked up on Amazon before
it is sent again.

``job.position`` is ``{"done_up_to": shipment id}``: the last one that was tried in
this run.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...spapi.errors import AmbiguousError, ProtocolError, RejectedError, SpApiError
from ...spapi.orders import parse_order
from ...spapi.shipments import find_package, package_matches
from ...tools import naive_utc
from .refusals import explain_refusal

# Few: Amazon is told of the first ones while the others are looked at.
DELIVERIES_PER_SLICE = 5
LOOK_UP_AGAIN_AFTER = timedelta(hours=1)
# As near as the time of an answer is known.
SHIP_DATE_TOLERANCE = timedelta(seconds=5)


class AmazonJobTypeSendShipments(models.AbstractModel):
    _name = "amazon.job.type.send_shipments"
    _inherit = "amazon.job.type"
    _description = "Amazon Job Type: Send Shipment Info"

    _kind = "send_shipments"
    _sequence = 40
    _interval = (10, "minutes")
    _switch = "send_shipments"
    _is_held_until_read = True

    # === THE CONTRACT === #

    @api.model
    def _get_label(self):
        return self.env._("Send shipment info")

    @api.model
    def _get_enabled_domain(self):
        """With the switch off, what was started or is asked for goes on."""
        unfinished = self.env["amazon.shipment"]._read_group(
            Domain("state", "in", ("pending", "sent", "unknown"))
            | Domain("state", "=", "blocked") & Domain("send_now", "=", True),
            ["connection_id"],
        )
        connections = self._get_connections_to_settle()
        connections = connections.union(*(one for (one,) in unfinished))
        return super()._get_enabled_domain() | Domain(
            "connection_id", "in", connections.ids
        )

    @api.model
    def _get_disabled_reason(self, job):
        return self.env._("Switched off; Send now on a shipment still works.")

    @api.model
    def _get_connections_with_work(self):
        groups = self.env["amazon.shipment"]._read_group(
            [("state", "in", ("blocked", "pending", "sent", "unknown"))],
            ["connection_id"],
        )
        return self._get_connections_to_settle().union(*(one for (one,) in groups))

    @api.model
    def _get_connections_to_settle(self):
        """Return the stores with deliveries that are not in the outbox yet."""
        groups = (
            self.env["amazon.order"]
            .sudo()
            ._read_group(
                [("sale_order_id.picking_ids.amazon_unsettled_since", "!=", False)],
                ["connection_id"],
            )
        )
        found = self.env["amazon.connection"].union(*(one for (one,) in groups))
        return found.with_env(self.env)

    @api.model
    def _has_event(self, connection):
        """A shipment that was not yet tried is an event; so is a delivery."""
        if self.env["amazon.order"]._get_unsettled(connection, limit=1):
            return True
        fresh = [
            ("connection_id", "=", connection.id),
            ("state", "=", "pending"),
            ("attempts", "=", 0),
        ]
        return bool(self.env["amazon.shipment"].search_count(fresh, limit=1))

    @api.model
    def _start_run(self, job, run):
        """Override to free what can go, and to count what this run has to do."""
        job.position = False
        orders = self.env["amazon.order"]
        if run.reason == "button":
            orders._get_failed_to_settle(job.connection_id)._retry_settling()
        self.env["amazon.shipment"]._update_waiting(job.connection_id)
        orders._ask_delayed_questions(job.connection_id, run)
        orders._remind_of_shipments(job.connection_id, run)
        self._trigger_for_unknown(job)
        to_send = self.env["amazon.shipment"].search_count(self._get_due_domain(job))
        run._count(seen=to_send)

    @api.model
    def _prepare_catch_up(self, connection, is_complete):
        """Override to look up what is not confirmed: it may have been since."""
        shipments = self.env["amazon.shipment"].sudo()
        open_ones = shipments.search(
            [
                ("connection_id", "=", connection.id),
                ("state", "in", ("pending", "sent", "failed")),
            ]
        )
        open_ones._mark_to_look_up()

    @api.model
    def _do_slice(self, job, run, session):
        """Look up or send the next shipment."""
        self._recover_unanswered(job)
        has_settled = self._settle_deliveries(job, run)
        done_up_to = (job.position or {}).get("done_up_to", 0)
        shipment = self.env["amazon.shipment"].search(
            self._get_due_domain(job) & Domain("id", ">", done_up_to),
            order="id",
            limit=1,
        )
        if not shipment:
            job.position = has_settled and job.position
            return has_settled
        is_lost = shipment.state == "unknown"
        if is_lost:
            self._look_up(session.client, shipment, run)
        if shipment.state == "pending":
            # What changed on Amazon since the run started counts.
            shipment.order_id._limit_waiting_shipments()
            shipment._update_state()
            if is_lost:
                # Until now it counted as told.
                shipment.order_id._settle_missing_units(run)
        if shipment.state == "pending" and not shipment.order_id._is_settling_failed():
            self._send(job, session, shipment, run)
        job.position = {"done_up_to": shipment.id}
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _get_due_domain(self, job):
        return (
            Domain("connection_id", "=", job.connection_id.id)
            & Domain("state", "in", ("pending", "unknown"))
            & (
                Domain("next_try", "=", False)
                | Domain("next_try", "<=", fields.Datetime.now())
            )
        )

    @api.model
    def _settle_deliveries(self, job, run):
        """Have the outbox hold what left with the next deliveries.

        :return: whether there were any
        :rtype: bool
        """
        orders = self.env["amazon.order"]._get_unsettled(
            job.connection_id, DELIVERIES_PER_SLICE
        )
        before = orders.shipment_ids
        orders._settle_deliveries()
        added = orders.shipment_ids - before
        run._count(seen=len(added.filtered(lambda one: one.state == "pending")))
        orders._report_failed_to_settle(run)
        if orders:
            # Kept, however what follows in this slice ends.
            job._commit()
        return bool(orders)

    @api.model
    def _recover_unanswered(self, job):
        """Mark what is *sent* as unknown.

        This job is locked, so between two slices it was left by a dead worker, or by a
        slice whose end met another transaction.
        """
        unanswered = self.env["amazon.shipment"].search(
            [("connection_id", "=", job.connection_id.id), ("state", "=", "sent")]
        )
        if unanswered:
            unanswered._mark_unknown()
            self._trigger_for_unknown(job)

    @api.model
    def _trigger_for_unknown(self, job):
        """Have shipments with a lost answer looked up as soon as it makes sense."""
        waiting = self.env["amazon.shipment"].search(
            [("connection_id", "=", job.connection_id.id), ("state", "=", "unknown")],
            order="next_try",
            limit=1,
        )
        if waiting.next_try and waiting.next_try > fields.Datetime.now():
            job._trigger(job.kind, at=waiting.next_try)

    @api.model
    def _send(self, job, session, shipment, run):
        """Confirm one shipment and write its outcome down.

        :raise SpApiError: when the outcome concerns the connection, not the shipment
        """
        # Opened before it is marked: without credentials nothing is under way.
        client = session.client
        order_ref = shipment.order_id.amazon_order_id
        shipment._update_ship_date(naive_utc(client.get_time()))
        shipment._avoid_taken_reference()
        try:
            request = shipment._prepare_confirm_request()
        except ValueError as error:
            # It says which part of the request Amazon would not take.
            self._refuse(shipment, error, run)
            return
        shipment._mark_sent(request)
        job._commit()
        # Nothing is read before the answer is there: the next transaction sees what
        # people wrote meanwhile.
        try:
            client.confirm_shipment(order_ref, request)
        except RejectedError as error:
            # The answer may be the first that shows the time by Amazon's clock.
            date = shipment._get_ship_date(naive_utc(client.get_time()))
            if date < shipment.ship_date - SHIP_DATE_TOLERANCE:
                shipment._mark_not_taken()
                self.env["amazon.job"]._trigger("send_shipments")
            else:
                self._refuse(shipment, error, run)
        except AmbiguousError:
            shipment._mark_unknown()
            self._trigger_for_unknown(job)
            run._warn(
                self.env._(
                    "Amazon's answer for order %s was lost. The shipment is looked up "
                    "before anything is sent again.",
                    order_ref,
                ),
                shipment,
            )
        except SpApiError:
            # Amazon did not take it: the shipment waits with the job.
            shipment._mark_not_taken()
            job._commit()
            raise
        else:
            shipment._mark_done()
            run._count(updated=1)

    @api.model
    def _refuse(self, shipment, error, run):
        """Write down that Amazon does not take it, and what to do.

        Corrected while it was refused, it is sent again as it is now.
        """
        shipment._take_back_returned_units()
        if shipment.state == "sent" and shipment._is_corrected_since():
            shipment._update_state()
            if shipment.state == "pending":
                self.env["amazon.job"]._trigger("send_shipments")
            return
        refusal = explain_refusal(self.env, error)
        sentence = self.env._(
            "Order %(ref)s: %(why)s",
            ref=shipment.order_id.amazon_order_id,
            why=refusal.sentence,
        )
        if refusal.is_final:
            shipment._mark_not_needed(refusal.sentence)
            run._warn(sentence, shipment)
            return
        shipment._mark_failed(refusal.sentence)
        run._error(sentence, shipment, getattr(error, "request_id", None))
        shipment.order_id._remind_of_own_shipments(run)

    @api.model
    def _look_up(self, client, shipment, run):
        """Ask Amazon whether it has the shipment; free it for sending if not."""
        order_ref = shipment.order_id.amazon_order_id
        try:
            order = parse_order(client.get_order(order_ref))
        except (RejectedError, ProtocolError, ValueError) as error:
            # It concerns this order alone; the other shipments go on.
            shipment.next_try = fields.Datetime.now() + LOOK_UP_AGAIN_AFTER
            run._error(
                self.env._(
                    "Order %(ref)s could not be looked up on Amazon: %(why)s It is "
                    "tried again by itself.",
                    ref=order_ref,
                    why=error,
                ),
                shipment,
                getattr(error, "request_id", None),
            )
            return
        package = find_package(order, shipment.package_reference)
        if package and package.status != "cancelled" and not shipment.attempts:
            # By this number, which was drawn by lot, only the database that was
            # replaced by this one can have told it; what is written is no correction.
            shipment.sent_values = shipment._get_values()
            shipment._mark_done()
            run._count(updated=1)
        elif package and package_matches(package, shipment._get_sent_confirmation()):
            shipment._mark_done()
            run._count(updated=1)
        else:
            shipment._mark_not_taken()
