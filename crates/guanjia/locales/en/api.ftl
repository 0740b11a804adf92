api-docs = Interface for programs
api-docs-sentence = There are { $value } operations, all reading; the whole description is at
api-docs-token = Send a token with every request; make one under your account:
