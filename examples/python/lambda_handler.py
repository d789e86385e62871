# SPDX-License-Identifier: Apache-2.0
"""The User Migration trigger as a Lambda function. Its handler is lambda_handler.handler, and its
environment has DATABASE_URL."""
import logging

import cogmig

logging.getLogger("cogmig").setLevel(logging.INFO)
handler = cogmig.Migration.from_env().as_lambda_handler()
