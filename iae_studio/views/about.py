"""The words of the About box."""

from trainer import __version__

ABOUT = f"""<h3>IAE Studio {__version__}</h3>
<p>Train implicit autoencoders, and see what a latent code holds and what the noise holds.</p>
<p>After the paper <b>Implicit Autoencoders</b> by Alireza Makhzani,
<a href="https://arxiv.org/abs/1805.09804">arXiv 1805.09804</a>.</p>
<p>All code is our own, under the MIT licence. The window is made with Qt and PySide6 (LGPL),
the plots with pyqtgraph, the networks with PyTorch.</p>"""
