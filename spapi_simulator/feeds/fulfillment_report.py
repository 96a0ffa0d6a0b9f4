"""The processing report of an XML feed, in Amazon's envelope."""

from xml.sax.saxutils import escape

CONTENT_TYPE = "text/xml; charset=UTF-8"
_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<AmazonEnvelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:noNamespaceSchemaLocation="amzn-envelope.xsd">
<Header><DocumentVersion>1.02</DocumentVersion>\
<MerchantIdentifier>{seller_id}</MerchantIdentifier></Header>
<MessageType>ProcessingReport</MessageType>
<Message><MessageID>1</MessageID><ProcessingReport>
<DocumentTransactionID>{feed_id}</DocumentTransactionID>
<StatusCode>Complete</StatusCode>
<ProcessingSummary>
<MessagesProcessed>{processed}</MessagesProcessed>
<MessagesSuccessful>{successful}</MessagesSuccessful>
<MessagesWithError>{errors}</MessagesWithError>
<MessagesWithWarning>0</MessagesWithWarning>
</ProcessingSummary>
"""
_TAIL = "</ProcessingReport></Message>\n</AmazonEnvelope>\n"
_SLICE_RESULTS = 500


class Report:
    """Counts messages; only those with errors get a result of their own."""

    def __init__(self, seller_id, feed_id):
        self.seller_id = seller_id
        self.feed_id = feed_id
        self.processed = 0
        self.successful = 0
        self.results = []

    def add_success(self):
        """A message was processed."""
        self.processed += 1
        self.successful += 1

    def refuse(self, code, description):
        """The feed as a whole was refused."""
        self._add_result("0", code, description)

    def add_error(self, message_id, code, description, order_id=""):
        """A message was refused."""
        self.processed += 1
        self._add_result(message_id, code, description, order_id)

    def _add_result(self, message_id, code, description, order_id=""):
        about = ""
        if order_id:
            about = (
                "<AdditionalInfo><AmazonOrderID>"
                f"{escape(order_id)}</AmazonOrderID></AdditionalInfo>"
            )
        self.results.append(
            f"<Result><MessageID>{escape(message_id)}</MessageID>"
            f"<ResultCode>Error</ResultCode><ResultMessageCode>{code}"
            f"</ResultMessageCode><ResultDescription>{escape(description)}"
            f"</ResultDescription>{about}</Result>\n"
        )

    def write(self):
        """The report in pieces; long work."""
        head = _HEAD.format(
            seller_id=escape(self.seller_id),
            feed_id=self.feed_id,
            processed=self.processed,
            successful=self.successful,
            errors=len(self.results),
        )
        chunks = [head.encode()]
        for start in range(0, len(self.results), _SLICE_RESULTS):
            part = "".join(self.results[start : start + _SLICE_RESULTS])
            chunks.append(part.encode("utf-8", "replace"))
            yield
        chunks.append(_TAIL.encode())
        return chunks
