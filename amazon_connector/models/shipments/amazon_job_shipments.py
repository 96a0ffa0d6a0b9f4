"""The job that confirms shipments: sent exactly once in effect.

A parcel is marked *sent* and committed before its request leaves. Whatever happens
then (a time-out, a server error, a killed server), the parcel is looked up on Amazon
before it is sent again.
"""

from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

from ...spapi.errors import AmbiguousError, ProtocolError, RejectedError, SpApiError
from ...spapi.orders import parse_order
from ...spapi.shipments import find_package, package_matches

LOOK_UP_AGAIN = timedelta(hours=1)


class AmazonJob(models.Model):
    _inherit = "amazon.job"

    def _slices_send_shipments(self, run, observer):
        """Yield after each parcel.

        In between it commits by itself: between marking a parcel *sent* and sending
        it is no place to stop.
        """
        connection = self.connection_id
        shipments = self.env["amazon.shipment"]
        shipments._refresh_blocked(connection)
        self._recover_unanswered()
        self._commit()
        parcels = shipments.search(self._to_send_domain(), order="next_try, id")
        if not parcels:
            return
        run._count(seen=len(parcels))
        with connection._amazon_client(observer) as client:
            # One by one: each commit empties the cache.
            for parcel in parcels:
                if parcel.state == "unknown":
                    self._look_up(client, parcel, run)
                if parcel.state == "pending":
                    parcel.write({"state": "sent", "attempts": parcel.attempts + 1})
                    self._commit()
                    self._send(client, parcel, run)
                yield

    # === BUSINESS METHODS === #

    def _to_send_domain(self):
        return (
            Domain("connection_id", "=", self.connection_id.id)
            & Domain("state", "in", ("pending", "unknown"))
            & (
                Domain("next_try", "=", False)
                | Domain("next_try", "<=", fields.Datetime.now())
            )
        )

    def _recover_unanswered(self):
        """This job is locked, so a parcel that is *sent* was left by a dead worker."""
        self.env["amazon.shipment"].search(
            [("connection_id", "=", self.connection_id.id), ("state", "=", "sent")]
        )._set_unknown()
        self._wake_for_unknown()

    def _wake_for_unknown(self):
        """Have the parcels with a lost answer looked up as soon as it makes sense."""
        waiting = self.env["amazon.shipment"].search(
            [("connection_id", "=", self.connection_id.id), ("state", "=", "unknown")],
            order="next_try",
            limit=1,
        )
        if waiting.next_try and waiting.next_try > fields.Datetime.now():
            self._trigger(self.kind, at=waiting.next_try)

    def _send(self, client, parcel, run):
        """Confirm one parcel and write its outcome down.

        :raise SpApiError: when the outcome concerns the connection, not the parcel
        """
        try:
            client.confirm_shipment(parcel.order_id.amazon_order_id, parcel._request())
        except (RejectedError, ValueError) as error:
            # A ValueError says which part of the request Amazon would not take.
            self._refuse(parcel, error, run)
        except AmbiguousError:
            parcel._set_unknown()
            self._wake_for_unknown()
            run._warn(
                self.env._(
                    "Amazon's answer for order %s was lost. The parcel is looked up "
                    "before anything is sent again.",
                    parcel.order_id.amazon_order_id,
                ),
                parcel,
            )
        except SpApiError:
            # Amazon did not take it: the parcel waits with the job.
            parcel.state = "pending"
            self._commit()
            raise
        else:
            parcel._set_done()
            run._count(updated=1)

    def _refuse(self, parcel, error, run):
        reason = self.env._(
            "Amazon refused the shipment: %s Correct the delivery, then press Retry.",
            error,
        )
        parcel._set_failed(reason)
        run._error(
            self.env._(
                "Order %(ref)s: %(why)s",
                ref=parcel.order_id.amazon_order_id,
                why=reason,
            ),
            parcel,
            getattr(error, "request_id", None),
        )

    def _look_up(self, client, parcel, run):
        """Ask Amazon whether it has the parcel; free it for sending if not."""
        try:
            order = parse_order(client.get_order(parcel.order_id.amazon_order_id))
        except (RejectedError, ProtocolError, ValueError) as error:
            # It concerns this order alone; the other parcels go on.
            parcel.next_try = fields.Datetime.now() + LOOK_UP_AGAIN
            run._error(
                self.env._(
                    "Order %(ref)s could not be looked up on Amazon: %(why)s It is "
                    "tried again by itself.",
                    ref=parcel.order_id.amazon_order_id,
                    why=error,
                ),
                parcel,
                getattr(error, "request_id", None),
            )
            return
        package = find_package(order, parcel.package_reference)
        if package and package_matches(package, parcel._confirmation()):
            parcel._set_done()
            run._count(updated=1)
        else:
            parcel.write({"state": "pending", "next_try": False})
