"""SCIM 2.0 (RFC 7643, RFC 7644): the firm's directory keeps people and teams, and each change is facts."""
