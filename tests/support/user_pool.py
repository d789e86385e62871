# SPDX-License-Identifier: Apache-2.0
"""A user pool of any size behind Cognito's API: ListUsers, DescribeUserPool, AdminGetUser and
AdminUpdateUserAttributes, signed. As in Cognito, a local user may be asked for by the sub, one of another
identity provider by the user name alone."""

import http.server
import json
import re
import threading

import sigv4
from cognito_server import (Handler, Raw, Refusal, check_signature, demand, members)

PREFIX = "AWSCognitoIdentityProviderService."
PAGE = 60


class UserPool:
    """users: dictionaries of sub, enabled, attributes and, of another provider, username, in the order
    in which they are listed."""

    def __init__(self, pool_id, users):
        self.pool_id = pool_id
        self.users = users
        self.by_sub = {user["sub"]: user for user in users}
        self.listed_from = []      # the pagination token of each ListUsers that was answered
        self.fail_after_pages = None
        self.places = "at-"        # how a pagination token begins; others are refused
        self.reached = threading.Condition()
        pool = self

        class PoolHandler(Handler):
            def operate(self, body):
                headers = self.lower_headers()
                check_signature(headers, body)
                request = json.loads(body)
                demand(request.get("UserPoolId") == pool.pool_id, "another pool")
                return pool.operations[headers["x-amz-target"].removeprefix(PREFIX)](request)

        self.operations = {"ListUsers": self.list_users, "DescribeUserPool": self.describe,
                           "AdminGetUser": self.get_user,
                           "AdminUpdateUserAttributes": self.update_attributes}
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), PoolHandler)
        server.daemon_threads = True
        server.handle_error = lambda *arguments: None
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.environment = {
            "COGNITO_ENDPOINT": f"http://127.0.0.1:{server.server_address[1]}",
            "COGMIG_ALLOW_PLAIN_HTTP": "1", "COGNITO_USER_POOL_ID": pool_id,
            "AWS_ACCESS_KEY_ID": sigv4.KEY_ID, "AWS_SECRET_ACCESS_KEY": sigv4.SECRET}

    def add(self, user):
        self.users.append(user)
        self.by_sub[user["sub"]] = user

    def describe(self, request):
        members(request, ("UserPoolId",))
        return {"UserPool": {"Id": self.pool_id, "EstimatedNumberOfUsers": len(self.users)}}

    def list_users(self, request):
        members(request, ("UserPoolId", "Limit"), ("PaginationToken", "Filter"))
        if "Filter" in request:
            [sub] = re.fullmatch(r'sub = "([^"\\\\]+)"', request["Filter"]).groups()
            return {"Users": [self.described(user) for user in self.users if user["sub"] == sub]}
        token = request.get("PaginationToken")
        with self.reached:
            if self.fail_after_pages is not None and len(self.listed_from) >= self.fail_after_pages:
                raise Raw(500, b"")
            demand(token is None or token.startswith(self.places), "Invalid pagination token given.")
            self.listed_from.append(token)
            self.reached.notify_all()
        begin = 0 if token is None else int(token.removeprefix(self.places))
        end = begin + min(PAGE, request["Limit"])
        reply = {"Users": [self.described(user) for user in self.users[begin:end]]}
        if end < len(self.users):
            reply["PaginationToken"] = f"{self.places}{end}"
        return reply

    @staticmethod
    def described(user):
        attributes = {"sub": user["sub"], **user["attributes"]}
        return {"Username": user.get("username", user["sub"]), "Enabled": user["enabled"],
                "UserStatus": "EXTERNAL_PROVIDER" if "username" in user else "CONFIRMED",
                "UserCreateDate": 1.7e9, "UserLastModifiedDate": 1.7e9,
                "Attributes": [{"Name": name, "Value": value} for name, value in attributes.items()]}

    def named(self, name):
        user = self.by_sub.get(name)
        if user is None or "username" in user:
            user = next((user for user in self.users if user.get("username") == name), None)
        if user is None:
            raise Refusal("UserNotFoundException", "User does not exist.")
        return user

    def get_user(self, request):
        members(request, ("UserPoolId", "Username"))
        user = self.described(self.named(request["Username"]))
        user["UserAttributes"] = user.pop("Attributes")
        return user

    def update_attributes(self, request):
        members(request, ("UserPoolId", "Username", "UserAttributes"))
        user = self.named(request["Username"])
        for attribute in request["UserAttributes"]:
            user["attributes"][attribute["Name"]] = attribute["Value"]
        return {}

    def wait_for_pages(self, count):
        with self.reached:
            if not self.reached.wait_for(lambda: len(self.listed_from) >= count, timeout=60):
                raise AssertionError(f"no page {count} was asked for")
